import { countUpTo, toDay, toIsoDay } from "../market/calendar.ts";
import type { Curve } from "./curve.ts";
import { finite } from "./statistics.ts";

/** Returns up to the last day. Null where the curve begins later. */
export interface TrailingReturns {
  readonly return_1_month: number | null;
  readonly return_3_months: number | null;
  readonly return_6_months: number | null;
  readonly return_year_to_date: number | null;
  readonly return_1_year: number | null;
  readonly return_3_years: number | null;
  readonly return_5_years: number | null;
  readonly return_10_years: number | null;
}

/** By calendar, from the last value at or before the day so many months ago; those above a year are annualised. */
export function trailingReturns({ days, values }: Curve): TrailingReturns {
  const lastDay = days.at(-1)!;
  const since = (day: number): number | null => {
    const position = countUpTo(days, day) - 1;
    return position < 0 ? null : values.at(-1)! / values[position]! - 1;
  };
  const annualised = (years: number): number | null => {
    const whole = since(monthsBefore(lastDay, 12 * years));
    return whole === null ? null : finite((1 + whole) ** (1 / years) - 1);
  };
  return {
    return_1_month: since(monthsBefore(lastDay, 1)),
    return_3_months: since(monthsBefore(lastDay, 3)),
    return_6_months: since(monthsBefore(lastDay, 6)),
    return_year_to_date: since(toDay(`${toIsoDay(lastDay).slice(0, 4)}-01-01`) - 1),
    return_1_year: annualised(1),
    return_3_years: annualised(3),
    return_5_years: annualised(5),
    return_10_years: annualised(10),
  };
}

/** The same day of an earlier month, or that month's last day where it is shorter. */
function monthsBefore(day: number, months: number): number {
  const [year, month, dayOfMonth] = toIsoDay(day).split("-").map(Number) as [number, number, number];
  const firstOfMonth = new Date(Date.UTC(year, month - 1 - months, 1));
  const lastOfMonth = new Date(Date.UTC(year, month - months, 0));
  const cut = Math.min(dayOfMonth, lastOfMonth.getUTCDate());
  return toDay(firstOfMonth.toISOString().slice(0, 10)) + cut - 1;
}
