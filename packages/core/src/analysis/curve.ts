import { type CalendarMonth, monthEnds } from "../market/calendar.ts";

/** The value of an account or of a benchmark at the close of each trading day. */
export interface Curve {
  /** Its trading days as day numbers, oldest first. */
  readonly days: Int32Array;
  /** The value at the close of each day. */
  readonly values: Float64Array;
  /** The initial capital. The first value already lacks the cost of the first purchase. */
  readonly capital: number;
  /** The months of all days of its market, which decide when a month or year is whole. */
  readonly months: readonly CalendarMonth[];
  /** Row of the first day among the days of the market. */
  readonly firstRow: number;
}

/**
 * The positions, in the curve, of the values that monthly returns run between: the first one and each month-end after it. A
 * month whose end lies past the last day is left out.
 */
export function monthPoints({ values, months, firstRow }: Curve): number[] {
  const ends = monthEnds(months).filter((row) => row > firstRow && row < firstRow + values.length);
  return [0, ...ends.map((row) => row - firstRow)];
}

/** The returns between the month points, one less than those. */
export function monthReturns({ values }: Curve, points: readonly number[]): Float64Array {
  return Float64Array.from(points.slice(1), (point, index) => values[point]! / values[points[index]!]! - 1);
}
