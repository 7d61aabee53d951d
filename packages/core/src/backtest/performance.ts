import { type CalendarMonth, monthEnds, wholeYears } from "../market/calendar.ts";

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

/** The return from each value to the next, as a fraction. One shorter than `values`. */
export function returnsOf(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, index) => value / values[index]! - 1);
}

/** Sample standard deviation (ddof 1) of the returns, annualised. Null for fewer than two returns. */
export function volatility(returns: Float64Array, periodsPerYear: number): number | null {
  return finite(deviation(returns) * Math.sqrt(periodsPerYear));
}

/** Mean of the returns over their sample standard deviation, annualised; risk-free 0. Null when they do not vary. */
export function sharpe(returns: Float64Array, periodsPerYear: number): number | null {
  const spread = deviation(returns);
  return spread > noise ? finite((mean(returns) / spread) * Math.sqrt(periodsPerYear)) : null;
}

/** Mean of the returns over sqrt(mean(min(r, 0)^2)), annualised. Null when no return is negative. */
export function sortino(returns: Float64Array, periodsPerYear: number): number | null {
  const downside = Math.sqrt(mean(returns.map((value) => Math.min(value, 0) ** 2)));
  return downside > noise ? finite((mean(returns) / downside) * Math.sqrt(periodsPerYear)) : null;
}

/** Distance of each value from the highest so far, as a fraction: 0 or negative. */
export function drawdowns(values: Float64Array): Float64Array {
  let peak = 0;
  return values.map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
}

/** The deepest drawdown, as a fraction: 0 or negative. Null without values. */
export function maxDrawdown(values: Float64Array): number | null {
  return values.length === 0 ? null : drawdowns(values).reduce((deepest, value) => Math.min(deepest, value), 0);
}

/** Growth per year over the depth of the deepest drawdown. Null without a drawdown; rounding noise is none. */
export function calmar(growth: number | null, drawdown: number | null): number | null {
  return growth !== null && drawdown !== null && -drawdown > noise ? finite(growth / -drawdown) : null;
}

/** Root of the mean squared drawdown, over all values (P. Martin, 1987). NaN without values. */
export function ulcerIndex(values: Float64Array): number {
  return Math.sqrt(mean(drawdowns(values).map((depth) => depth * depth)));
}

/** Calendar days of the longest time below a peak: from the peak to the day it was reached again, or to the last day. */
export function longestDrawdownDays(values: Float64Array, days: Int32Array): number {
  let [peak, longest] = [0, 0];
  values.forEach((value, index) => {
    // A fall within rounding noise is none.
    const isBelow = value < values[peak]! * (1 - 1e-12);
    if (isBelow || peak < index - 1) longest = Math.max(longest, days[index]! - days[peak]!);
    if (!isBelow) peak = index;
  });
  return longest;
}

/** Share of the account replaced per year: traded value / 2 / average equity / years. Null for a period of no days. */
export function turnover(traded: number, equity: Float64Array, calendarDays: number): number | null {
  return finite(traded / 2 / mean(equity) / (calendarDays / 365.25));
}

/**
 * The first equity and that of every month-end after it.
 * `months`: those of all stored days; `equity`: one value per day from row `first` on.
 */
export function monthEndEquity(months: readonly CalendarMonth[], equity: Float64Array, first: number): Float64Array {
  const rows = monthEnds(months).filter((row) => row > first && row < first + equity.length);
  return Float64Array.from([first, ...rows], (row) => equity[row - first]!);
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
  const lived = months.filter(({ firstRow, lastRow }) => lastRow >= first && firstRow <= last);
  const gain = (fromRow: number, toRow: number): number | null => {
    const to = Math.min(toRow, last);
    return to <= first ? null : equity[to - first]! / (fromRow <= first ? capital : equity[fromRow - first]!) - 1;
  };
  return [...Map.groupBy(lived, ({ year }) => year)].map(([year, ofYear]) => ({
    year,
    months: Array.from({ length: 12 }, (_, index) => {
      const found = ofYear.find(({ month }) => month === index);
      return found === undefined ? null : gain(found.firstRow - 1, found.lastRow);
    }),
    total: gain(ofYear[0]!.firstRow - 1, ofYear.at(-1)!.lastRow),
  }));
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
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const average = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
}
