import type { BarColumn } from "../../market/bars.ts";

/**
 * An indicator with a memory, such as an exponential average: fed the bars of a ticker from its first stored day on, it
 * answers with its value after each. A view feeds it (`view.follow`), no further than to the close of the decision.
 */
export interface Indicator<Value> {
  /** Its name and parameters, such as `ema 20`. Indicators with equal keys give equal values. */
  readonly key: string;
  /** How many bars it needs before it has a value. */
  readonly bars: number;
  /** The columns of bars that it reads besides the close. */
  readonly columns?: readonly BarColumn[];
  /**
   * Returns a function that takes bar after bar and returns the value after each. Values before the `bars`-th bar are not used. `high` and
   * `low` are NaN unless `columns` names them.
   */
  start(): (close: number, high: number, low: number) => Value;
}
