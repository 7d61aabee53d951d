import { lastOf } from "./moving-average.ts";
import { mean } from "./statistics.ts";

/** Below this a difference of rates in per cent is rounding: they are published with one decimal. */
export const rateNoise = 1e-9;

/**
 * Whether the newest of monthly rates, such as unemployment, is above the mean of the last 12 of them, itself among them
 * (Philosophical Economics, 2016). Throws a RangeError for fewer.
 */
export function isAboveYearAverage(rates: ArrayLike<number>): boolean {
  const year = lastOf(rates, 12);
  return year[11]! > mean(year) + rateNoise;
}
