import { mean } from "../strategy/indicators/statistics.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { deviation, excessKurtosis, finite, noise, ratio, skewness } from "./statistics.ts";

/** Euler's constant. */
const gamma = 0.577_215_664_901_532_9;

/** The best result of a sweep compared with the best that chance alone would find among as many combinations. */
export interface DeflatedSharpe {
  readonly combinations: number;
  readonly sharpe_deviation: number | null;
  readonly sharpe_threshold: number | null;
  readonly probability: number | null;
}

/**
 * The probability that the true Sharpe ratio exceeds `threshold`, both by day, given how skewed and how heavy-tailed the
 * returns are: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", 2012. Null for fewer than four returns or
 * when they do not vary.
 */
export function probabilisticSharpe(excess: Float64Array, threshold: number): number | null {
  const count = excess.length;
  const [g, excessK] = [skewness(excess), excessKurtosis(excess)];
  const s = count < 2 ? null : ratio(mean(excess), deviation(excess));
  if (g === null || excessK === null || s === null) return null;
  return probabilityAbove(threshold, { sharpe: s, count, skewness: g, kurtosis: excessK + 3 });
}

/** The same from the moments of the returns. `kurtosis` is 3 for a normal distribution. */
export function probabilityAbove(
  threshold: number,
  { sharpe, count, skewness: g, kurtosis: k }: { sharpe: number; count: number; skewness: number; kurtosis: number },
): number | null {
  const spread = Math.sqrt(1 - g * sharpe + ((k - 1) / 4) * sharpe * sharpe);
  return spread > noise ? finite(normalCdf(((sharpe - threshold) * Math.sqrt(count - 1)) / spread)) : null;
}

/**
 * The same against the best Sharpe ratio to be expected of `combinations` without any skill: Bailey and López de Prado, "The
 * Deflated Sharpe Ratio", 2014. It takes all combinations for independent, which makes it a strict bound.
 * `returns`: by day, of the sweep's best; `sharpes`: of the whole table, annualised, NaN for those without one.
 */
export function deflatedSharpe(returns: Float64Array, combinations: number, sharpes: Float64Array): DeflatedSharpe {
  const daily = sharpes.filter((sharpe) => Number.isFinite(sharpe)).map((sharpe) => sharpe / Math.sqrt(252));
  const spread = deviation(daily);
  // A single combination has no expected best. Quantiles are taken from the lower tail, which keeps more digits.
  const threshold =
    spread === null || combinations < 2
      ? null
      : -spread *
        ((1 - gamma) * normalQuantile(1 / combinations) + gamma * normalQuantile(1 / (combinations * Math.E)));
  return {
    combinations,
    sharpe_deviation: spread,
    sharpe_threshold: threshold,
    probability: threshold === null ? null : probabilisticSharpe(returns, threshold),
  };
}
