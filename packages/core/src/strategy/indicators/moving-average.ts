import type { Indicator } from "./indicator.ts";
import { mean } from "./statistics.ts";

/** SMA: the mean of the last `count` values, the newest included. Throws a RangeError for fewer of them. */
export function simpleAverage(values: ArrayLike<number>, count: number): number {
  return mean(lastOf(values, count));
}

/**
 * Whether `a` is below `b`, where one of them is an average of prices about `close`: strictly, with a margin of 1e-12 of the
 * close, since rounded averages of equal value differ by noise.
 */
export function isBelow(a: number, b: number, close: number): boolean {
  return b - a > 1e-12 * close;
}

/** EMA(n): seeded with the mean of the first n closes, then e + 2 / (n + 1) (x - e). */
export function exponentialAverage(count: number): Indicator<number> {
  return { key: `ema ${count}`, bars: count, start: () => exponentialSmoothing(count) };
}

/** The exponential average of whatever numbers it is given, one after the other. Until n came, the mean of those. */
export function exponentialSmoothing(count: number): (value: number) => number {
  return smoothing(count, 2 / (count + 1));
}

/** Wilder's smoothing: seeded with the mean of the first n values, then (average (n - 1) + x) / n. */
export function wilderSmoothing(count: number): (value: number) => number {
  let [seen, average] = [0, 0];
  return (value) => {
    seen += 1;
    average = seen <= count ? average + (value - average) / seen : (average * (count - 1) + value) / count;
    return average;
  };
}

/** The last `count` values. Throws a RangeError for fewer. */
export function lastOf(values: ArrayLike<number>, count: number): Float64Array {
  if (!(values.length >= count)) throw new RangeError(`${count} values wanted, ${values.length} there`);
  const last = new Float64Array(count);
  for (let index = 0; index < count; index += 1) last[index] = values[values.length - count + index]!;
  return last;
}

function smoothing(count: number, share: number): (value: number) => number {
  let [seen, average] = [0, 0];
  return (value) => {
    seen += 1;
    average += (seen <= count ? 1 / seen : share) * (value - average);
    return average;
  };
}
