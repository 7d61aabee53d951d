import { type CalendarMonth, countUpTo, monthEnds, wholeYears } from "../market/calendar.ts";

/** The returns of one calendar year, as fractions. */
export interface YearOfReturns {
  readonly year: number;
  /** January to December. Null where the account has no return in the month. */
  readonly months: (number | null)[];
  /** The return over the part of the year in which the account existed. */
  readonly total: number | null;
}

export interface YearReturn {
  readonly year: number;
  readonly return: number;
}

/** A smaller deviation or drawdown is rounding noise, because both are differences of numbers around 1. */
const noise = 1e-14;

/** Growth per year as a fraction: (final / initial) ^ (365.25 / calendar days) - 1. Null for a period of no days. */
export function cagr(initial: number, final: number, calendarDays: number): number | null {
  return calendarDays === 0 ? null : finite((final / initial) ** (365.25 / calendarDays) - 1);
}

/** The return from each value to the next, as a fraction. One shorter than `values`. Written to `memory` when given. */
export function returnsOf(values: Float64Array, memory?: Float64Array): Float64Array {
  const count = Math.max(0, values.length - 1);
  const returns = memory?.subarray(0, count) ?? new Float64Array(count);
  for (let index = 0; index < returns.length; index += 1) returns[index] = values[index + 1]! / values[index]! - 1;
  return returns;
}

/** Volatility, Sharpe and Sortino ratio of the same returns, which share their sums. */
export interface ReturnFigures {
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
}

/** What `volatility`, `sharpe` and `sortino` give for the returns. */
export function returnFigures(returns: Float64Array, periodsPerYear: number): ReturnFigures {
  const count = returns.length;
  const average = mean(returns);
  // Each sum is added in the order of the returns, as it would be alone.
  let [squares, losses] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const value = returns[index]!;
    squares += (value - average) * (value - average);
    if (value < 0) losses += value * value;
  }
  const spread = count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1));
  const downside = Math.sqrt(losses / count);
  const scale = Math.sqrt(periodsPerYear);
  return {
    volatility: finite(spread * scale),
    sharpe: spread > noise ? finite((average / spread) * scale) : null,
    sortino: downside > noise ? finite((average / downside) * scale) : null,
  };
}

/** `returnFigures` of the returns of these values. */
export function growthFigures(values: Float64Array, periodsPerYear: number): ReturnFigures {
  if (scratch.length < values.length) scratch = new Float64Array(values.length);
  return returnFigures(returnsOf(values, scratch), periodsPerYear);
}

/** A reused buffer for returns that nobody keeps: allocating one per run takes longer than filling it. */
let scratch = new Float64Array(0);

/** Sample standard deviation (ddof 1) of the returns, annualised. Null for fewer than two returns. */
export function volatility(returns: Float64Array, periodsPerYear: number): number | null {
  return returnFigures(returns, periodsPerYear).volatility;
}

/** Mean of the returns over their sample standard deviation, annualised; risk-free 0. Null when they do not vary. */
export function sharpe(returns: Float64Array, periodsPerYear: number): number | null {
  return returnFigures(returns, periodsPerYear).sharpe;
}

/** Mean of the returns over sqrt(mean(min(r, 0)^2)), annualised. Null when no return is negative. */
export function sortino(returns: Float64Array, periodsPerYear: number): number | null {
  return returnFigures(returns, periodsPerYear).sortino;
}

/** Distance of each value from the highest so far, as a fraction: 0 or negative. */
export function drawdowns(values: Float64Array): Float64Array {
  const depths = new Float64Array(values.length);
  let peak = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value > peak) peak = value;
    depths[index] = value / peak - 1;
  }
  return depths;
}

/** The deepest drawdown, as a fraction: 0 or negative. Null without values. */
export function maxDrawdown(values: Float64Array): number | null {
  if (values.length === 0) return null;
  let [peak, deepest] = [0, 0];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value > peak) peak = value;
    else deepest = Math.min(deepest, value / peak - 1);
  }
  return deepest;
}

/** Growth per year over the depth of the deepest drawdown. Null without a drawdown; rounding noise is none. */
export function calmar(growth: number | null, drawdown: number | null): number | null {
  return growth !== null && drawdown !== null && -drawdown > noise ? finite(growth / -drawdown) : null;
}

/** Summary of the drawdowns of a curve. */
export interface FallFigures {
  /** The deepest drawdown, as a fraction: 0 or negative. */
  readonly deepest: number;
  /** Root of the mean squared drawdown (P. Martin, 1987). NaN without values. */
  readonly ulcerIndex: number;
  /** Calendar days of the longest time below a peak: from the peak to the day it was reached again, or to the last day. */
  readonly longestDays: number;
}

/** One pass over the values, one for each of the days. */
export function fallFigures(values: Float64Array, days: Int32Array): FallFigures {
  let [highest, deepest, squares] = [0, 0, 0];
  /** The last value at which a drawdown may have begun: a decline within rounding noise does not count. */
  let [peak, limit, longestDays] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value > highest) highest = value;
    else {
      const depth = value / highest - 1;
      if (depth < deepest) deepest = depth;
      squares += depth * depth;
    }
    const isBelow = value < limit;
    if (isBelow || peak < index - 1) longestDays = Math.max(longestDays, days[index]! - days[peak]!);
    if (isBelow) continue;
    peak = index;
    limit = value * (1 - 1e-12);
  }
  return { deepest, ulcerIndex: Math.sqrt(squares / values.length), longestDays };
}

/** Share of the account replaced per year: traded value / 2 / average equity / years. Null for a period of no days. */
export function turnover(traded: number, equity: Float64Array, calendarDays: number): number | null {
  return finite(traded / 2 / mean(equity) / (calendarDays / 365.25));
}

/**
 * The first equity and that of every later month-end.
 * `months`: those of all stored days; `equity`: one value per day from row `first` on.
 */
export function monthEndEquity(months: readonly CalendarMonth[], equity: Float64Array, first: number): Float64Array {
  const ends = monthEnds(months);
  const from = countUpTo(ends, first);
  const count = countUpTo(ends, first + equity.length - 1) - from;
  const values = new Float64Array(Math.max(0, count) + 1);
  values[0] = equity[0]!;
  for (let index = 0; index < count; index += 1) values[index + 1] = equity[ends[from + index]! - first]!;
  return values;
}

/**
 * Returns by calendar month and year, oldest first. The first month counts from the capital, before the cost of the first
 * purchase, the last one to the last equity: both may be parts of a month. Other arguments as for `monthEndEquity`.
 */
export function monthlyReturns(
  months: readonly CalendarMonth[],
  equity: Float64Array,
  first: number,
  capital: number,
): YearOfReturns[] {
  const last = first + equity.length - 1;
  const years: { year: number; months: (number | null)[]; total: number | null }[] = [];
  const gain = (fromRow: number, toRow: number): number | null => {
    const to = Math.min(toRow, last);
    return to <= first ? null : equity[to - first]! / (fromRow <= first ? capital : equity[fromRow - first]!) - 1;
  };
  let firstOfYear = first;
  for (const { year, month, firstRow, lastRow } of months) {
    if (lastRow < first || firstRow > last) continue;
    if (years.at(-1)?.year !== year) {
      years.push({ year, months: Array<number | null>(12).fill(null), total: null });
      firstOfYear = firstRow;
    }
    const ofYear = years.at(-1)!;
    ofYear.months[month] = gain(firstRow - 1, lastRow);
    ofYear.total = gain(firstOfYear - 1, lastRow);
  }
  return years;
}

/**
 * The return of every calendar year of which the account saw each trading day: from the last close of the year before, or
 * from the capital when the account began then or with the year. Arguments as for `monthlyReturns`.
 */
export function wholeYearReturns(
  months: readonly CalendarMonth[],
  equity: Float64Array,
  first: number,
  capital: number,
): YearReturn[] {
  const last = first + equity.length - 1;
  return wholeYears(months).flatMap(({ year, january, december }) => {
    if (january.firstRow < first || december.lastRow > last) return [];
    const before = january.firstRow - 1;
    const from = before <= first ? capital : equity[before - first]!;
    return [{ year, return: equity[december.lastRow - first]! / from - 1 }];
  });
}

/** Null for NaN and the infinities, which JSON does not have. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return sum / values.length;
}
