import { lastOf } from "./moving-average.ts";
import { mean, populationDeviation } from "./statistics.ts";

export interface BollingerBands {
  readonly middle: number;
  readonly upper: number;
  readonly lower: number;
}

/**
 * Bollinger's bands over the last `count` closes: their mean, and `deviations` standard deviations above and below it, which
 * divide by n. Throws a RangeError for fewer closes.
 */
export function bollingerBands(closes: ArrayLike<number>, count = 20, deviations = 2): BollingerBands {
  const window = lastOf(closes, count);
  const [middle, width] = [mean(window), deviations * populationDeviation(window)];
  return { middle, upper: middle + width, lower: middle - width };
}

/** The highest of the `count` values before the newest one: the upper side of Donchian's channel. Throws for fewer. */
export function highestBefore(values: ArrayLike<number>, count: number): number {
  return lastOf(values, count + 1)
    .subarray(0, count)
    .reduce((highest, value) => Math.max(highest, value), -Infinity);
}

/** The lowest of the `count` values before the newest one: the lower side of Donchian's channel. Throws for fewer. */
export function lowestBefore(values: ArrayLike<number>, count: number): number {
  return lastOf(values, count + 1)
    .subarray(0, count)
    .reduce((lowest, value) => Math.min(lowest, value), Infinity);
}
