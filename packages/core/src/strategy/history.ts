import type { BarColumn } from "../market/bars.ts";

/** The data that a decision needs. Nothing is decided before all of it is available for every ticker of the universe. */
export interface History {
  /** This many month-end closes before the last month-end, and that one: n + 1 closes. */
  readonly months?: number;
  /** The bars of this many last days, including the day of the decision. */
  readonly days?: number;
  /** The columns of these bars that are used besides the adjusted close. */
  readonly bars?: readonly BarColumn[];
  /** The data series used, and how many of their values must be known. */
  readonly series?: Readonly<Record<string, number>>;
}

/** A history in words; a month has about 21 trading days. */
export function describeHistory({ months, days }: History): string {
  const parts: string[] = [];
  if (months !== undefined) {
    parts.push(`${months + 1} ${months === 0 ? "month-end" : "month-ends"} (about ${(months + 1) * 21} days)`);
  }
  if (days !== undefined) parts.push(`${days} ${days === 1 ? "day" : "days"}`);
  return parts.join(" and ");
}
