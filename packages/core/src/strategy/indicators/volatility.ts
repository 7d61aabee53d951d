import { returnsOf, sampleDeviation } from "./statistics.ts";

/** Trading days of a year, by which deviations of daily returns are annualised. */
const daysPerYear = 252;

/** Sample standard deviation of the returns from close to close, x sqrt(252). `closes`: daily, at least three. */
export function annualVolatility(closes: ArrayLike<number>): number {
  return sampleDeviation(returnsOf(closes)) * Math.sqrt(daysPerYear);
}
