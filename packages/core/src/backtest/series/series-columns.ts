import { toIsoDay } from "../../market/calendar.ts";
import { drawdowns } from "../performance.ts";
import type { Series } from "../result.ts";

export type SeriesDecision = Series["weights"][number];
export type SeriesTrade = NonNullable<Series["trades"]>[number];

/** The series of a run as arrays: what JSON repeats or can be derived is left out. */
export interface SeriesColumns {
  /** Trading days of the period, as day numbers. */
  readonly days: Int32Array;
  /** One value for each day. */
  readonly equity: Float64Array;
  readonly decisions: readonly SeriesDecision[];
  readonly trades: readonly SeriesTrade[];
}

/** The series as clients read them. */
export function toSeries({ days, equity, decisions, trades }: SeriesColumns): Series {
  return {
    dates: Array.from(days, toIsoDay),
    equity: Array.from(equity),
    drawdown: Array.from(drawdowns(equity)),
    weights: [...decisions],
    trades: [...trades],
  };
}
