import { noise, ratio } from "./statistics.ts";

/** Figures of the returns of the last so many days, by day. */
export interface RollingFigures {
  /** The Sharpe ratio, annualised; null where the returns of the window do not vary. */
  readonly sharpe: (number | null)[];
  /** Annualised; 0 where they do not vary. */
  readonly volatility: number[];
  /** Against the benchmark; null where that does not vary, and null as a whole without one. */
  readonly beta: (number | null)[] | null;
}

/**
 * One figure for each position from `window - 1` on, over the `window` returns up to it. Each window is summed afresh: running sums would
 * leave a rounding error in windows without variation.
 */
export function rollingFigures(
  returns: Float64Array,
  benchmark: Float64Array | null,
  window: number,
  dailyRiskFree: number,
): RollingFigures {
  const sharpe: (number | null)[] = [];
  const volatility: number[] = [];
  const beta: (number | null)[] = [];
  // Without a benchmark the account replaces it, which is cheaper than a check per value.
  const others = benchmark ?? returns;
  for (let end = window; end <= returns.length; end += 1) {
    const { mean, variance, otherVariance, covariance } = momentsOf(returns, others, end - window, end);
    const spread = Math.sqrt(variance);
    volatility.push(spread > noise ? spread * Math.sqrt(252) : 0);
    sharpe.push(ratio((mean - dailyRiskFree) * Math.sqrt(252), spread));
    beta.push(ratio(covariance, otherVariance));
  }
  return { sharpe, volatility, beta: benchmark === null ? null : beta };
}

/** Of the values from `from` up to `to`; sample variances and covariance (ddof 1), in two passes for both lists together. */
function momentsOf(own: Float64Array, other: Float64Array, from: number, to: number) {
  const count = to - from;
  let mean = 0;
  let otherMean = 0;
  for (let index = from; index < to; index += 1) {
    mean += own[index]!;
    otherMean += other[index]!;
  }
  mean /= count;
  otherMean /= count;
  let squares = 0;
  let otherSquares = 0;
  let products = 0;
  for (let index = from; index < to; index += 1) {
    const ownRest = own[index]! - mean;
    const otherRest = other[index]! - otherMean;
    squares += ownRest * ownRest;
    otherSquares += otherRest * otherRest;
    products += ownRest * otherRest;
  }
  const freedom = count - 1;
  return {
    mean,
    variance: squares / freedom,
    otherVariance: otherSquares / freedom,
    covariance: products / freedom,
  };
}
