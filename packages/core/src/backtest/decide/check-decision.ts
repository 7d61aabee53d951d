import type { Weights } from "../../strategy/allocation.ts";
import type { Decision } from "../../strategy/decision.ts";
import { ensureAtOnce } from "./at-once.ts";

/** A decision that can be traded: no weight is 0. The weights of a `hold` are not said. */
export type CheckedDecision = Omit<Decision, "weights" | "hold"> & { readonly weights: Weights };

/** What a strategy answered. Remembered by row where it depends on nothing but the prices up to there. */
export type Answer = CheckedDecision | (Decision & { readonly hold: true });

/** The decision of a strategy without zero weights. Throws a TypeError for one that cannot be traded. */
export function checkDecision(decision: Decision, universe: readonly string[]): Answer {
  ensureAtOnce(decision, "decide");
  if (!isObject(decision))
    throw new TypeError(`decide answers with ${String(decision)}, not with { weights, because }`);
  const { because, mode, canary, scores, weights, hold } = decision;
  if (typeof because !== "string") throw new TypeError("because must be a text");
  if (mode !== undefined && typeof mode !== "string") throw new TypeError("mode must be a text");
  if (canary !== undefined) ensureNumbers(canary, "canary value");
  if (scores !== undefined) ensureNumbers(scores, "score");
  if (hold) {
    if (weights !== undefined) throw new TypeError("a decision has weights or says hold, not both");
    return decision;
  }
  if (!isObject(weights)) throw new TypeError("weights must be an object of numbers by ticker");
  let sum = 0;
  let isTidy = true;
  for (const ticker of Object.keys(weights)) {
    const weight = weights[ticker]!;
    if (!universe.includes(ticker)) throw new TypeError(`${ticker} is not in the universe`);
    if (!(weight >= 0)) throw new TypeError(`the weight of ${ticker} is not a number from 0 to 1`);
    if (!(weight > 0)) isTidy = false;
    sum += weight;
  }
  if (!(sum <= 1 + 1e-9)) throw new TypeError("the weights add up to more than 1");
  return isTidy
    ? decision
    : { ...decision, weights: Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)) };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function ensureNumbers(values: Readonly<Record<string, number>>, what: string): void {
  for (const name of Object.keys(values)) {
    if (!Number.isFinite(values[name])) throw new TypeError(`the ${what} of ${name} is not a number`);
  }
}
