import { prefixSums } from "./prefix-sums.ts";

/** Sum of the last `window` values at each value; NaN where there are fewer. */
export function rollingSums(values: Float64Array, window: number): Float64Array {
  const sums = prefixSums(values);
  const rolling = new Float64Array(values.length).fill(Number.NaN, 0, window - 1);
  for (let row = window - 1; row < values.length; row += 1) rolling[row] = sums[row + 1]! - sums[row + 1 - window]!;
  return rolling;
}

/** Average of the last `window` values at each value, one array per window; NaN where there are fewer values. */
export function movingAverages(values: Float64Array, windows: readonly number[]): Float64Array[] {
  const sums = prefixSums(values);
  return windows.map((window) => {
    const averages = new Float64Array(values.length).fill(Number.NaN, 0, window - 1);
    for (let row = window - 1; row < values.length; row += 1) {
      averages[row] = (sums[row + 1]! - sums[row + 1 - window]!) / window;
    }
    return averages;
  });
}

/** Momenta at each month-end, by the definitions of `indicators.ts`; NaN where there are fewer than 13 month-ends. */
export interface Momenta {
  readonly weighted13612: Float64Array;
  readonly relative: Float64Array;
}

/** 13612W and the relative momentum SMA(12) of every month-end, in one pass. `closes`: one per month-end, oldest first. */
export function momenta(closes: Float64Array): Momenta {
  const weighted13612 = new Float64Array(closes.length).fill(Number.NaN);
  const relative = new Float64Array(closes.length).fill(Number.NaN);
  let sum = 0;
  for (let month = 0; month < closes.length; month += 1) {
    const now = closes[month]!;
    sum += now;
    if (month < 12) continue;
    if (month > 12) sum -= closes[month - 13]!;
    weighted13612[month] =
      12 * (now / closes[month - 1]!) +
      4 * (now / closes[month - 3]!) +
      2 * (now / closes[month - 6]!) +
      now / closes[month - 12]! -
      19;
    relative[month] = now / (sum / 13) - 1;
  }
  return { weighted13612, relative };
}
