import type { Indicator } from "./indicator.ts";
import { wilderSmoothing } from "./moving-average.ts";

/**
 * Wilder's relative strength index, from 0 to 100: 100 g / (g + l), where g and l are Wilder's averages of the gains and of
 * the losses from close to close, the first ones the means of the first n changes. 50 when nothing changed.
 * J. W. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export function relativeStrengthIndex(count: number): Indicator<number> {
  return {
    key: `rsi ${count}`,
    bars: count + 1,
    start() {
      const [gains, losses] = [wilderSmoothing(count), wilderSmoothing(count)];
      let before = Number.NaN;
      return (close) => {
        const change = close - before;
        before = close;
        if (Number.isNaN(change)) return 50;
        const [gain, loss] = [gains(Math.max(change, 0)), losses(Math.max(-change, 0))];
        // Rounded, the quotient may exceed 100 by its last bit.
        return gain + loss === 0 ? 50 : Math.min(100, (100 * gain) / (gain + loss));
      };
    },
  };
}
