import type { Weights } from "../strategy/allocation.ts";
import type { Decision } from "../strategy/decision.ts";

/** A decision that can be traded: no weight is 0. The weights of a `hold` are not said. */
export type CheckedDecision = Omit<Decision, "weights" | "hold"> & { readonly weights: Weights };

/** What a strategy answered. Remembered by row where it depends on nothing but the prices up to there. */
export type Answer = CheckedDecision | (Decision & { readonly hold: true });

/** The decision of a strategy without zero weights. Throws a TypeError for one that cannot be traded. */
export function checkDecision(decision: Decision, universe: readonly string[]): Answer {
  const { because, mode, canary = {}, scores = {}, weights, hold } = decision;
  ensure(typeof because === "string", "because must be a text");
  ensure(mode === undefined || typeof mode === "string", "mode must be a text");
  for (const ticker of Object.keys(canary)) {
    ensure(Number.isFinite(canary[ticker]), `the canary value of ${ticker} is not a number`);
  }
  for (const name of Object.keys(scores)) {
    ensure(Number.isFinite(scores[name]), `the score of ${name} is not a number`);
  }
  if (hold) {
    ensure(weights === undefined, "a decision has weights or says hold, not both");
    return decision;
  }
  let sum = 0;
  for (const ticker of Object.keys(weights)) {
    ensure(universe.includes(ticker), `${ticker} is not in the universe`);
    ensure(weights[ticker]! >= 0, `the weight of ${ticker} is not a number from 0 to 1`);
    sum += weights[ticker]!;
  }
  ensure(sum <= 1 + 1e-9, "the weights add up to more than 1");
  const isTidy = Object.values(weights).every((weight) => weight > 0);
  return isTidy
    ? decision
    : { ...decision, weights: Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)) };
}

function ensure(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(message);
}
