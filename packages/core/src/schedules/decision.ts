import { z } from "zod";

const Weights = z.record(z.string(), z.number());
const Mode = z.string().nullable();

/** The target of a strategy: the weights of a portfolio, or the signal of a single position. */
export const Decision = z
  .union([
    z.object({
      weights: Weights.meta({ description: "Target share of the account by ticker." }),
      mode: Mode.meta({ description: "State of the strategy, such as offensive; null without one." }),
    }),
    z.object({
      signal: z.string().meta({ description: "What to hold: long or cash." }),
      symbol: z.string().meta({ description: "The ticker it is about." }),
    }),
  ])
  .meta({ id: "ScheduleDecision", description: "What the last decision asks to hold." });
export type Decision = z.output<typeof Decision>;

export interface Comparison {
  readonly changed: boolean;
  /** Half the sum of the weights' changes: the share of the account that is traded. */
  readonly turnover: number;
}

/** Weights are sums of binary fractions: a difference below this is rounding. */
const rounding = 1e-9;

/** The decision that a result reports; null if a user's strategy reports none. */
export function decisionOf(result: Readonly<Record<string, unknown>>): Decision | null {
  const portfolio = Portfolio.safeParse(result["portfolio"]);
  if (portfolio.success) return { weights: portfolio.data.weights, mode: portfolio.data.mode ?? null };
  const position = Position.safeParse(result["position"]);
  return position.success ? { signal: position.data.signal, symbol: position.data.symbol } : null;
}

const Portfolio = z.object({ weights: Weights, mode: Mode.optional() });
const Position = z.object({ signal: z.string(), symbol: z.string() });

/**
 * Compares a decision with the one before. It has changed when the mode or the signal differs, or when the turnover exceeds
 * `minTurnover`. The first decision is a change, and so is one of another kind.
 */
export function compareDecisions(previous: Decision | null, current: Decision, minTurnover: number): Comparison {
  const turnover = turnoverBetween(weightsOf(previous), weightsOf(current));
  const isOther = previous === null || labelOf(previous) !== labelOf(current);
  return { changed: isOther || turnover > minTurnover + rounding, turnover };
}

/** A position in cash holds nothing. */
function weightsOf(decision: Decision | null): Readonly<Record<string, number>> {
  if (decision === null) return {};
  if ("weights" in decision) return decision.weights;
  return decision.signal === "long" ? { [decision.symbol]: 1 } : {};
}

/** The parts that must be equal regardless of turnover. */
function labelOf(decision: Decision): string {
  return JSON.stringify("weights" in decision ? ["mode", decision.mode] : ["signal", decision.signal, decision.symbol]);
}

/** The rest of the weights is cash, which trades against the assets: half the sum over both. */
function turnoverBetween(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): number {
  const tickers = new Set([...Object.keys(before), ...Object.keys(after)]);
  let sum = 0;
  // In a fixed order, because sums in another order differ in their last bits.
  for (const ticker of [...tickers].toSorted()) sum += Math.abs((after[ticker] ?? 0) - (before[ticker] ?? 0));
  return sum / 2;
}
