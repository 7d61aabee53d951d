import type { BarColumn } from "../market/bars.ts";

/** What a decision needs. Earlier than all of it is there, for every ticker of the universe, nothing is decided. */
export interface History {
  /** Closes of so many month-ends before the last month-end, and of that one: n + 1 of them. */
  readonly months?: number;
  /** Bars of so many last days, the decision's included. */
  readonly days?: number;
  /** Columns of these bars that are looked at besides the adjusted close. */
  readonly bars?: readonly BarColumn[];
  /** Data series that are looked at, and how many of their values have to be known. */
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
