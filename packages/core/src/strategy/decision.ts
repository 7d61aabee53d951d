import type { Weights } from "./allocation.ts";

/** The decision of a strategy: target weights, or `hold` to keep the holdings without a trade. */
export type Decision<State = unknown> = Reasons<State> & (Allocation | Hold);

interface Reasons<State> {
  /** One line for people: why these weights. */
  readonly because: string;
  /** The state the strategy is in, in its own words. */
  readonly mode?: string | undefined;
  /** The values of its canary assets, for strategies that have them. */
  readonly canary?: Readonly<Record<string, number>> | undefined;
  /** The values it ranked or tested, by ticker. */
  readonly scores?: Readonly<Record<string, number>> | undefined;
  /** The state passed to the next decision. Unchanged when absent. */
  readonly state?: State;
}

interface Allocation {
  readonly weights: Weights;
  readonly hold?: false | undefined;
}

interface Hold {
  readonly hold: true;
  readonly weights?: undefined;
}

/** A decision as the run recorded it. `filledOn` is null when the period ended before it could be traded, and of a `hold`. */
export interface DatedDecision {
  readonly decidedOn: string;
  readonly filledOn: string | null;
  /** For a `hold`: the weights of the decision that it keeps. */
  readonly weights: Weights;
  readonly hold: boolean;
  readonly mode: string | null;
  readonly canary: Readonly<Record<string, number>> | null;
  readonly scores: Readonly<Record<string, number>> | null;
  readonly because: string;
}
