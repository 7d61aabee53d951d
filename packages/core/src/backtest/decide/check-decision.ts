import type { Weights } from "../../strategy/allocation.ts";
import type { Decision } from "../../strategy/decision.ts";
import { ensureAtOnce } from "./at-once.ts";

/** A decision that can be traded: no weight is 0. A `hold` has no weights. */
export type CheckedDecision = Omit<Decision, "weights" | "hold"> & { readonly weights: Weights };

/**
 * A strategy's decision, with its weights by column as the account reads them. Cached by row if it depends only on the prices up to there.
 */
export type Answer =
  | { readonly isHold: true; readonly decision: Decision & { readonly hold: true } }
  | { readonly isHold: false; readonly decision: CheckedDecision; readonly target: Target };

/** Weights by column of the price table, in the order in which the decision names them. */
export interface Target {
  readonly columns: readonly number[];
  readonly shares: readonly number[];
}

/** The decision of a strategy without zero weights. Throws a TypeError for one that cannot be traded. */
export function checkDecision(decision: Decision, columnOf: ReadonlyMap<string, number>): Answer {
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
    return { isHold: true, decision };
  }
  if (!isObject(weights)) throw new TypeError("weights must be an object of numbers by ticker");
  const [columns, shares]: [number[], number[]] = [[], []];
  let sum = 0;
  let isTidy = true;
  for (const ticker of Object.keys(weights)) {
    const weight = weights[ticker]!;
    const column = columnOf.get(ticker);
    if (column === undefined) throw new TypeError(`${ticker} is not in the universe`);
    if (!(weight >= 0)) throw new TypeError(`the weight of ${ticker} is not a number from 0 to 1`);
    sum += weight;
    if (weight > 0) {
      columns.push(column);
      shares.push(weight);
    } else isTidy = false;
  }
  if (!(sum <= 1 + 1e-9)) throw new TypeError("the weights add up to more than 1");
  const tidied = isTidy
    ? decision
    : { ...decision, weights: Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)) };
  return { isHold: false, decision: tidied, target: { columns, shares } };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function ensureNumbers(values: Readonly<Record<string, number>>, what: string): void {
  for (const name of Object.keys(values)) {
    if (!Number.isFinite(values[name])) throw new TypeError(`the ${what} of ${name} is not a number`);
  }
}
