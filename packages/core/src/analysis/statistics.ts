import { mean, sampleDeviation } from "../strategy/indicators/statistics.ts";

/** Below this a deviation, a drawdown or a sum of returns is rounding noise: they come from numbers around 1. */
export const noise = 1e-14;

/** The quotient, or null when there is none: the denominator is nothing but noise, or a number is missing. */
export function ratio(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null) return null;
  return Math.abs(denominator) > noise ? finite(numerator / denominator) : null;
}

/** The number, or null when there is none: NaN and the infinities are not JSON. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Sample standard deviation (ddof 1). Null for fewer than two values. */
export function deviation(values: Float64Array): number | null {
  return finite(sampleDeviation(values));
}

/** Sample covariance (ddof 1) of as many values. NaN for fewer than two. */
export function covariance(one: Float64Array, other: Float64Array): number {
  const [meanOfOne, meanOfOther] = [mean(one), mean(other)];
  let total = 0;
  for (let index = 0; index < one.length; index += 1) {
    total += (one[index]! - meanOfOne) * (other[index]! - meanOfOther);
  }
  return total / (one.length - 1);
}

/** Pearson's correlation. Null for fewer than two values or when one of both does not vary. */
export function correlation(one: Float64Array, other: Float64Array): number | null {
  const [spreadOfOne, spreadOfOther] = [deviation(one), deviation(other)];
  if (spreadOfOne === null || spreadOfOther === null || spreadOfOne <= noise || spreadOfOther <= noise) return null;
  return finite(covariance(one, other) / spreadOfOne / spreadOfOther);
}

/** The quantile of ascending values, linear between the ranks p (n - 1). Null for fewer than two values. */
export function quantile(ascending: Float64Array, p: number): number | null {
  if (ascending.length < 2) return null;
  const rank = p * (ascending.length - 1);
  const [below, above] = [ascending[Math.floor(rank)]!, ascending[Math.ceil(rank)]!];
  return below + (above - below) * (rank - Math.floor(rank));
}

/**
 * Skewness adjusted for the size of the sample, G1 of Joanes and Gill, "Comparing measures of sample skewness and kurtosis",
 * 1998. Null for fewer than three values or when they do not vary.
 */
export function skewness(values: Float64Array): number | null {
  const count = values.length;
  if (count < 3 || isConstant(values)) return null;
  const [second, third] = [centralMoment(values, 2), centralMoment(values, 3)];
  return finite((Math.sqrt(count * (count - 1)) / (count - 2)) * (third / second ** 1.5));
}

/** Excess kurtosis adjusted for the size of the sample, G2 of the same. Null for fewer than four values or when they do not vary. */
export function excessKurtosis(values: Float64Array): number | null {
  const count = values.length;
  if (count < 4 || isConstant(values)) return null;
  const excess = centralMoment(values, 4) / centralMoment(values, 2) ** 2 - 3;
  return finite(((count - 1) / ((count - 2) * (count - 3))) * ((count + 1) * excess + 6));
}

/** Whether values vary by no more than noise. Fewer than two do not vary. */
export function isConstant(values: Float64Array): boolean {
  return (deviation(values) ?? 0) <= noise;
}

function centralMoment(values: Float64Array, power: number): number {
  const average = mean(values);
  let total = 0;
  for (const value of values) total += (value - average) ** power;
  return total / values.length;
}
