/** Sums of the closes of one ticker: `sums(back)` is the sum of all its closes up to `back` days before the decision. */
export type RunningSums = (back: number) => number;

/**
 * Return over the last `months`, r_n = p0 / p_n - 1.
 * `closes`: one per month-end, oldest first; throws a RangeError unless there are more than `months` of them.
 */
export function monthsReturn(closes: ArrayLike<number>, months: number): number {
  return closeBefore(closes, 0) / closeBefore(closes, months) - 1;
}

/**
 * 13612W, the canary momentum of Keller's papers: 12 r1 + 4 r3 + 2 r6 + r12. Only its sign and order mean something.
 * `closes`: at least 13 month-ends, oldest first.
 */
export function momentum13612W(closes: ArrayLike<number>): number {
  return (
    12 * monthsReturn(closes, 1) + 4 * monthsReturn(closes, 3) + 2 * monthsReturn(closes, 6) + monthsReturn(closes, 12)
  );
}

/**
 * Relative momentum SMA(n): p0 / mean(p0 .. p_n) - 1. The mean has n + 1 prices, the current one included.
 * `closes`: more than `months` month-ends, oldest first; `months` is 12 in Keller's papers.
 */
export function relativeMomentum(closes: ArrayLike<number>, months = 12): number {
  let sum = 0;
  for (let back = months; back >= 0; back -= 1) sum += closeBefore(closes, back);
  return closeBefore(closes, 0) / (sum / (months + 1)) - 1;
}

/**
 * Whether the average of the last `short` closes is strictly above the average of the last `long` closes.
 *
 * Averages of equal value differ by rounding noise, and a plain `>` would then answer at random. All code paths therefore
 * compare running sums P with a margin: long (P - P_short) - short (P - P_long) > 1e-12 P long.
 */
export function isAverageAbove(sums: RunningSums, short: number, long: number): boolean {
  return isAbove(sums(0), sums(short), sums(long), short, long);
}

/** The comparison of `isAverageAbove`, given the sums of all closes up to now and up to `short` and `long` days before. */
export function isAbove(now: number, beforeShort: number, beforeLong: number, short: number, long: number): boolean {
  return long * (now - beforeShort) - short * (now - beforeLong) > 1e-12 * now * long;
}

function closeBefore(closes: ArrayLike<number>, back: number): number {
  const close = closes[closes.length - 1 - back];
  if (close === undefined) throw new RangeError(`${back + 1} closes wanted, ${closes.length} there`);
  return close;
}
