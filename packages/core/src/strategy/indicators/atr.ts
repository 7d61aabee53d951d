import type { Indicator } from "./indicator.ts";
import { wilderSmoothing } from "./moving-average.ts";

/**
 * Wilder's average true range: his average of max(high, previous close) - min(low, previous close), from the second bar on.
 * Wants the columns `high` and `low`. J. W. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export function averageTrueRange(count: number): Indicator<number> {
  return {
    key: `atr ${count}`,
    bars: count + 1,
    columns: ["high", "low"],
    start() {
      const smoothed = wilderSmoothing(count);
      let before = Number.NaN;
      return (close, high, low) => {
        const range = Math.max(high, before) - Math.min(low, before);
        const isFirst = Number.isNaN(before);
        before = close;
        return isFirst ? Number.NaN : smoothed(range);
      };
    },
  };
}
