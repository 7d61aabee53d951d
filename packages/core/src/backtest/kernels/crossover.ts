import { isAbove } from "../../strategy/indicators.ts";
import { type Extremes, extremesOf } from "./extremes.ts";
import type { AccountTotals } from "./account-totals.ts";
import { type ExactSums, exactPrefixSums, prefixSums, sumBetween } from "./prefix-sums.ts";

/** Data that all combinations of windows share, computed once from the closes of a ticker. */
export interface CrossoverPrices {
  readonly closes: Float64Array;
  /** `sums[n]`: the sum of the first n closes. */
  readonly sums: Float64Array;
  /** Sums of the returns from close to close, starting with 0, and of their squares. */
  readonly returns: ExactSums;
  readonly squares: ExactSums;
  readonly extremes: Extremes;
}

/** Settings of the account, independent of the windows. Rows are indices into the closes. */
export interface CrossoverAccount {
  readonly first: number;
  readonly last: number;
  readonly capital: number;
  /** Trading cost as a fraction of the traded value. */
  readonly cost: number;
  /** Days from a decision to its fill. */
  readonly delay: 0 | 1;
}

export function crossoverPrices(closes: Float64Array): CrossoverPrices {
  const returns = closes.map((close, row) => (row === 0 ? 0 : close / closes[row - 1]! - 1));
  return {
    closes,
    sums: prefixSums(closes),
    returns: exactPrefixSums(returns),
    squares: exactPrefixSums(returns.map((value) => value * value)),
    extremes: extremesOf(closes),
  };
}

/**
 * Evaluates one combination of windows, `short < long`, into `totals`. Returns false when the plain backtest must do it: the
 * history is too short for any decision, or the equity leaves the range of numbers.
 *
 * Only the search for crossings visits every bar. While the ticker is held the equity is a multiple of the closes, and in cash
 * it is constant. The returns, squares and extremes of a whole holding are therefore looked up in precomputed tables.
 */
export function runCrossover(
  prices: CrossoverPrices,
  account: CrossoverAccount,
  short: number,
  long: number,
  totals: AccountTotals,
): boolean {
  const { closes, sums, returns, squares, extremes } = prices;
  const { first, last, capital, cost, delay } = account;
  const { stride, cells } = extremes;
  const kept = 1 - cost;
  const begin = Math.max(first - delay, long - 1, 0);
  const end = last - delay;
  if (begin > last) return false;

  let value = capital;
  let peak = 0;
  let deepest = 1;
  let sumOfReturns = 0;
  let sumOfSquares = 0;
  let trades = 0;
  let daysHeld = 0;
  let row = begin;
  for (;;) {
    row = nextAbove(sums, row, end, short, long);
    if (row > end) break;
    const entry = row + delay;
    row = nextNotAbove(sums, row, end, short, long);
    const isSold = row <= end;
    const exit = isSold ? row + delay : last + 1;
    const lastHeld = exit - 1;

    if (entry > first) {
      peak = Math.max(peak, value);
      sumOfReturns -= cost;
      sumOfSquares += cost * cost;
    }
    value *= kept;
    trades += 1;
    daysHeld += exit - entry;

    // Extremes over the rows from the entry to the last one held.
    let high = closes[entry]!;
    let low = high;
    let fall = 1;
    if (lastHeld > entry) {
      const level = 31 - Math.clz32(entry ^ lastHeld);
      const left = level * stride + entry * 3;
      const right = level * stride + lastHeld * 3;
      high = Math.max(cells[left]!, cells[right]!);
      low = Math.min(cells[left + 1]!, cells[right + 1]!);
      fall = Math.min(cells[left + 2]!, cells[right + 2]!, cells[right + 1]! / cells[left]!);
    }
    const scale = value / closes[entry]!;
    if (!(scale * low > 0 && scale * high < Infinity)) return false;
    // Before the first equity the peak is 0, and the ratio is infinite.
    deepest = Math.min(deepest, fall, (scale * low) / peak);
    peak = Math.max(peak, scale * high);
    sumOfReturns += sumBetween(returns, entry + 1, exit);
    sumOfSquares += sumBetween(squares, entry + 1, exit);

    if (!isSold) {
      value = scale * closes[last]!;
      break;
    }
    const saleReturn = (closes[exit]! / closes[lastHeld]!) * kept - 1;
    sumOfReturns += saleReturn;
    sumOfSquares += saleReturn * saleReturn;
    value = scale * closes[exit]! * kept;
    if (!(value > 0 && value < Infinity)) return false;
    deepest = Math.min(deepest, value / peak);
  }
  totals.finalValue = value;
  totals.deepest = deepest;
  totals.sumOfReturns = sumOfReturns;
  totals.sumOfSquares = sumOfSquares;
  totals.trades = trades;
  totals.invested = daysHeld;
  return true;
}

/** The first row from `row` to `end` on which the short average is above, or `end + 1`. Unrolled to four rows at a time. */
export function nextAbove(sums: Float64Array, row: number, end: number, short: number, long: number): number {
  for (; row + 3 <= end; row += 4) {
    const a = isAbove(sums[row + 1]!, sums[row + 1 - short]!, sums[row + 1 - long]!, short, long);
    const b = isAbove(sums[row + 2]!, sums[row + 2 - short]!, sums[row + 2 - long]!, short, long);
    const c = isAbove(sums[row + 3]!, sums[row + 3 - short]!, sums[row + 3 - long]!, short, long);
    const d = isAbove(sums[row + 4]!, sums[row + 4 - short]!, sums[row + 4 - long]!, short, long);
    if (a || b || c || d) break;
  }
  while (row <= end && !isAbove(sums[row + 1]!, sums[row + 1 - short]!, sums[row + 1 - long]!, short, long)) row += 1;
  return row;
}

/** The first row from `row` to `end` on which the short average is not above, or `end + 1`. */
export function nextNotAbove(sums: Float64Array, row: number, end: number, short: number, long: number): number {
  for (; row + 3 <= end; row += 4) {
    const a = isAbove(sums[row + 1]!, sums[row + 1 - short]!, sums[row + 1 - long]!, short, long);
    const b = isAbove(sums[row + 2]!, sums[row + 2 - short]!, sums[row + 2 - long]!, short, long);
    const c = isAbove(sums[row + 3]!, sums[row + 3 - short]!, sums[row + 3 - long]!, short, long);
    const d = isAbove(sums[row + 4]!, sums[row + 4 - short]!, sums[row + 4 - long]!, short, long);
    if (!(a && b && c && d)) break;
  }
  while (row <= end && isAbove(sums[row + 1]!, sums[row + 1 - short]!, sums[row + 1 - long]!, short, long)) row += 1;
  return row;
}
