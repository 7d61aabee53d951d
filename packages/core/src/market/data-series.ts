import { toDay } from "./calendar.ts";

/**
 * Numbers by day or month that are not prices, such as an unemployment rate, each with the day on which it became known.
 * Periods without a published value are left out. Plain data over shared memory, as a price table is.
 */
export interface DataSeries {
  readonly name: string;
  /** The day each value is of, as day numbers, ascending: the first of the month for a monthly series. */
  readonly days: Int32Array;
  /** The first day on which a decision may use the value, as day numbers. */
  readonly knownOn: Int32Array;
  readonly values: Float64Array;
}

/** One value of a data series, with ISO days. `knownOn` is `day` when absent. */
export interface DataPoint {
  readonly day: string;
  readonly value: number;
  readonly knownOn?: string | undefined;
}

/** Makes a series of its points. Throws a RangeError unless their days ascend and their values are numbers. */
export function dataSeries(name: string, points: readonly DataPoint[]): DataSeries {
  const days = new Int32Array(new SharedArrayBuffer(points.length * 4));
  const knownOn = new Int32Array(new SharedArrayBuffer(points.length * 4));
  const values = new Float64Array(new SharedArrayBuffer(points.length * 8));
  points.forEach((point, index) => {
    const day = toDay(point.day);
    if (index > 0 && day <= days[index - 1]!) {
      throw new RangeError(`${name}: ${point.day} does not follow ${points[index - 1]!.day}`);
    }
    if (!Number.isFinite(point.value)) throw new RangeError(`${name}: value of ${point.day} is not a number`);
    days[index] = day;
    knownOn[index] = point.knownOn === undefined ? day : toDay(point.knownOn);
    values[index] = point.value;
  });
  return { name, days, knownOn, values };
}
