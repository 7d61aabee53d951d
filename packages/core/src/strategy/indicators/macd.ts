import type { Indicator } from "./indicator.ts";
import { exponentialSmoothing } from "./moving-average.ts";

export interface Macd {
  /** The fast exponential average minus the slow one. */
  readonly macd: number;
  /** The exponential average of that. */
  readonly signal: number;
  /** `macd` - `signal`. */
  readonly histogram: number;
}

/**
 * Moving average convergence divergence of G. Appel: EMA(fast) - EMA(slow), both from the first close on, and as signal line
 * the EMA of it from the first close on which the slow average is full.
 */
export function movingAverageConvergence(fast = 12, slow = 26, signal = 9): Indicator<Macd> {
  return {
    key: `macd ${fast} ${slow} ${signal}`,
    bars: slow + signal - 1,
    start() {
      const [fastAverage, slowAverage, signalAverage] = [fast, slow, signal].map(exponentialSmoothing) as [
        (value: number) => number,
        (value: number) => number,
        (value: number) => number,
      ];
      let seen = 0;
      return (close) => {
        seen += 1;
        const macd = fastAverage(close) - slowAverage(close);
        const line = seen < slow ? Number.NaN : signalAverage(macd);
        return { macd, signal: line, histogram: macd - line };
      };
    },
  };
}
