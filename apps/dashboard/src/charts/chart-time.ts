import type { Time, UTCTimestamp } from "lightweight-charts";

/** A calendar day as the charts count time: seconds of its midnight in UTC. They would parse a text for each point of each curve. */
export function timeOf(day: string): UTCTimestamp {
  return (Date.parse(day) / 1_000) as UTCTimestamp;
}

/** The calendar day of a time; null for none. */
export function dayOf(time: Time | undefined): string | null {
  return typeof time === "number" ? new Date(time * 1_000).toISOString().slice(0, 10) : null;
}

const known = new WeakMap<readonly string[], readonly UTCTimestamp[]>();

/** The times of days, made once for curves that share their days. */
export function timesOf(days: readonly string[]): readonly UTCTimestamp[] {
  let times = known.get(days);
  if (times === undefined) known.set(days, (times = days.map(timeOf)));
  return times;
}
