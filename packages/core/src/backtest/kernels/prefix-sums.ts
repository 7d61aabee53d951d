/**
 * Prefix sums: `sums[n]` is the sum of the first n values, added in order; one longer than `values`. The sum of any window is
 * one subtraction, and every code path that uses these sums gets the same bits.
 */
export function prefixSums(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let n = 1; n < sums.length; n += 1) sums[n] = sums[n - 1]! + values[n - 1]!;
  return sums;
}

/** Prefix sums with compensation for rounding: `high[n] + low[n]` is accurate to about 32 digits. */
export interface ExactSums {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/**
 * Like `prefixSums`, but differences of two sums are accurate to the last digits even when a few large values precede many
 * small ones (two-sum: D. Knuth, The Art of Computer Programming 2, 4.2.2).
 */
export function exactPrefixSums(values: ArrayLike<number>): ExactSums {
  const [high, low] = [new Float64Array(values.length + 1), new Float64Array(values.length + 1)];
  for (let n = 1; n < high.length; n += 1) {
    const [sum, value] = [high[n - 1]!, values[n - 1]!];
    const next = sum + value;
    const taken = next - sum;
    high[n] = next;
    low[n] = low[n - 1]! + (sum - (next - taken) + (value - taken));
  }
  return { high, low };
}

/** The sum of the values `from`, `from + 1`, ... `to - 1`. */
export function sumBetween({ high, low }: ExactSums, from: number, to: number): number {
  return high[to]! - high[from]! + (low[to]! - low[from]!);
}
