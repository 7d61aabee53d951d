import type { Exchange } from "./exchange.ts";

/** A calendar period with a first and a last session. */
export const periods = ["week", "month", "quarter", "year"] as const;
export type Period = (typeof periods)[number];

/** The first day of the period that this day is in. Weeks begin on Monday. */
export function periodStart(period: Period, day: number): number {
  if (period === "week") return day - ((((day + 3) % 7) + 7) % 7);
  const date = new Date(day * millisecondsPerDay);
  const monthsPerPeriod = { month: 1, quarter: 3, year: 12 }[period];
  const month = date.getUTCMonth();
  return Date.UTC(date.getUTCFullYear(), month - (month % monthsPerPeriod)) / millisecondsPerDay;
}

/** The first day of the period after the one that this day is in. */
export function nextPeriodStart(period: Period, day: number): number {
  // A day of the period that follows, whatever the lengths of months.
  const beyond = { week: 7, month: 31, quarter: 92, year: 366 }[period];
  return periodStart(period, periodStart(period, day) + beyond);
}

/** The last session of the period that this day is in, or undefined where the whole period is closed. */
export function lastSession(exchange: Exchange, period: Period, day: number): number | undefined {
  const last = exchange.previousSession(nextPeriodStart(period, day));
  return last >= periodStart(period, day) ? last : undefined;
}

/** The first session of the period that this day is in, or undefined where the whole period is closed. */
export function firstSession(exchange: Exchange, period: Period, day: number): number | undefined {
  const first = exchange.nextSession(periodStart(period, day) - 1);
  return first < nextPeriodStart(period, day) ? first : undefined;
}

const millisecondsPerDay = 86_400_000;
