import { maxDrawdown, monthEndEquity, returnFigures, returnsOf, wholeYearReturns } from "../../backtest/performance.ts";
import type { Result } from "../../backtest/result.ts";
import { calendarMonths, firstOfMonth } from "../../market/calendar.ts";
import type { Curve } from "../curve.ts";

/** The stored data of an account, and what the calendar of its exchange adds. */
export interface StoredAccount {
  readonly days: Int32Array;
  readonly equity: Float64Array;
  readonly capital: number;
  readonly metrics: Partial<Result["metrics"]>;
  /** First day of the prices it was run on. */
  readonly marketFirstDay: number;
  readonly sessions: SessionsAround;
}

/** Sessions of the exchanges of the prices. */
export interface SessionsAround {
  /** The first one after the last day of the equity. */
  readonly afterLastDay: number;
  /** The first one of the year in which the equity begins. */
  readonly ofFirstYear: number;
}

/**
 * The curve of a stored account. Analyses need the months of all days of the market, but only the days of the equity are stored. They
 * include every trading day of the period, so two things are unknown: whether the last day ends its month, and whether the first day begins
 * its year. The exchange's calendar suggests an answer, and the figures recorded at the run verify it: an answer that does not reproduce
 * them is rejected. So the analysis agrees with the result even if the prices have changed since.
 */
export function storedCurve(account: StoredAccount): Curve {
  const { days, marketFirstDay, sessions } = account;
  const [first, last] = [days[0]!, days.at(-1)!];
  const suggested: Edges = {
    endsMonth: sessions.afterLastDay >= firstOfMonth(last, 1),
    beginsYear: first <= sessions.ofFirstYear && (marketFirstDay === first || marketFirstDay < firstOfMonth(first, 0)),
  };
  const { endsMonth, beginsYear } = suggested;
  const candidates = [
    suggested,
    { endsMonth: !endsMonth, beginsYear },
    { endsMonth, beginsYear: !beginsYear },
    { endsMonth: !endsMonth, beginsYear: !beginsYear },
  ].map((edges) => curveWith(account, edges));
  return candidates.find((curve) => reproduces(curve, account.metrics)) ?? candidates[0]!;
}

interface Edges {
  readonly endsMonth: boolean;
  /** Means something only if the first day is in January. */
  readonly beginsYear: boolean;
}

/** The curve in a market whose unknown days follow `edges`. */
function curveWith({ days, equity, capital, marketFirstDay }: StoredAccount, { endsMonth, beginsYear }: Edges): Curve {
  const [first, last] = [days[0]!, days.at(-1)!];
  const nextMonth = firstOfMonth(last, 1);
  const before = marketFirstDay < first ? [beginsYear ? firstOfMonth(first, 0) - 1 : first - 1] : [];
  // A day after it in the same month keeps the last day from being the month-end.
  const after = endsMonth || last + 1 === nextMonth ? [] : [last + 1];
  const marketDays = Int32Array.of(...before, ...days, ...after);
  return {
    days,
    values: equity,
    capital,
    months: calendarMonths(marketDays, nextMonth),
    firstRow: before.length,
  };
}

/** Whether the curve has the recorded figures that depend on where months and years end. */
function reproduces({ months, values, firstRow, capital }: Curve, recorded: StoredAccount["metrics"]): boolean {
  const monthEnds = monthEndEquity(months, values, firstRow);
  const { volatility, sharpe, sortino } = returnFigures(returnsOf(monthEnds), 12);
  const years = wholeYearReturns(months, values, firstRow, capital).toSorted((a, b) => a.return - b.return);
  return (
    isSame(volatility, recorded.volatility_monthly) &&
    isSame(sharpe, recorded.sharpe_monthly) &&
    isSame(sortino, recorded.sortino_monthly) &&
    isSame(maxDrawdown(monthEnds), recorded.max_drawdown_monthly) &&
    isSame(years.at(-1)?.year ?? null, toYear(recorded.best_year)) &&
    isSame(years[0]?.year ?? null, toYear(recorded.worst_year))
  );
}

/** Results of older versions lack some figures: a missing figure contradicts nothing. */
function isSame(value: number | null, recorded: number | null | undefined): boolean {
  if (recorded === undefined || value === recorded) return true;
  if (value === null || recorded === null) return false;
  return Math.abs(value - recorded) <= 1e-9 * Math.max(1, Math.abs(recorded));
}

function toYear(recorded: { readonly year: number } | null | undefined): number | null | undefined {
  return recorded === null ? null : recorded?.year;
}
