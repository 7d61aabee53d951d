import type { BarColumn } from "../market/bars.ts";
import type { Indicator } from "./indicators/indicator.ts";
import type { RunningSums } from "./indicators.ts";

/** What a strategy sees when it decides: the data known at the close of the decision, and nothing later. */
export interface View {
  /** The day of the decision, ISO. */
  readonly day: string;
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** Calendar days from an ISO day to the decision. */
  daysSince(day: string): number;
  /**
   * A copy of one ticker's closes, oldest first: the history the strategy declared. `{ days: n }` gives the last n days, the
   * decision's last; `{ months: n }` the last n + 1 month-ends, of which a decision at a month-end is the last. A strategy
   * that declares both says which: `monthCloses` or `dayCloses`. Throws for a ticker outside the universe.
   */
  closes(ticker: string): Float64Array;
  /** A copy of the closes of the month-ends declared as `months`: n + 1 of them, oldest first. */
  monthCloses(ticker: string): Float64Array;
  /** A copy of the closes of the days declared as `days`, oldest first, the decision's last. */
  dayCloses(ticker: string): Float64Array;
  /**
   * The result of a function of `monthCloses(ticker)`. It is cached by the function itself for all decisions and runs on the same prices:
   * pass a function that is declared once, depends on nothing else and keeps nothing of its argument.
   */
  monthScore(ticker: string, score: MonthScore): number;
  /** A copy of the daily closes from the month-end `months` before the last one up to the decision, both included. */
  closesSince(ticker: string, months: number): Float64Array;
  /** Copies of the bars of the days declared as `days`, oldest first; only of columns that the strategy declares as `bars`. */
  bars(ticker: string): Readonly<Record<BarColumn | "close", Float64Array>>;
  /** Sums of all closes of one ticker up to `back` days before the decision, for averages in constant time. */
  runningSums(ticker: string): RunningSums;
  /** The value at the decision of an indicator with a memory, followed from the ticker's first stored day on. */
  follow<Value>(ticker: string, indicator: Indicator<Value>): Value;
  /**
   * The values of a data series that were known on the day of the decision, oldest first, as far as they are of its month
   * less `lagMonths` or earlier. Throws for a series that the strategy does not declare.
   */
  series(name: string, lagMonths?: number): Float64Array;
  /**
   * The holdings by ticker when all decisions so far are traded at the closes they were made on, without costs. They do not depend on
   * `fill` and `cost_bps`.
   */
  readonly holdings: Readonly<Record<string, Holding>>;
}

/** A number computed of the closes of month-ends, oldest first. */
export type MonthScore = (closes: Float64Array) => number;

/** A ticker held by the decisions so far. */
export interface Holding {
  /** Its share of the account at the close of the decision. */
  readonly weight: number;
  /** Day of the decision that bought it, and the close of that day. Later rebalances do not change them. */
  readonly since: string;
  readonly entry: number;
  /** The gain since then, as a fraction. */
  readonly gain: number;
}
