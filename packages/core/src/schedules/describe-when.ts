import { isCronRule, type SessionRule, type When } from "./when.ts";

/** A rule in words: `30 minutes after the close on the last session of every month (XNYS)`. */
export function describeWhen(when: When): string {
  if (isCronRule(when)) {
    const tradingDay = when.exchange === null ? "" : `, for the last closed session of ${when.exchange}`;
    return `By cron "${when.cron}" in ${when.time_zone}${tradingDay}`;
  }
  return `${describeTime(when)} ${describeDay(when)} (${when.exchange})`;
}

function describeTime({ time, time_zone }: SessionRule): string {
  if (typeof time === "string") return `At ${time} in ${time_zone}`;
  const [minutes, edge] = "after_close" in time ? [time.after_close, "after"] : [time.before_close, "before"];
  return minutes === 0 ? "At the close" : `${minutes} ${minutes === 1 ? "minute" : "minutes"} ${edge} the close`;
}

function describeDay({ days, offset, day_offset }: SessionRule): string {
  const session = daysInWords[days];
  const side = offset > 0 ? "after" : "before";
  const moved = offset === 0 ? session : `${count(Math.abs(offset), "session")} ${side} ${session}`;
  const day = day_offset === 0 ? moved : `${count(day_offset, "day")} after ${moved}`;
  return /^\d/.test(day) ? day : `on ${day}`;
}

function count(number: number, what: string): string {
  return number === 1 ? `the ${what}` : `${number} ${what}s`;
}

const daysInWords: Readonly<Record<SessionRule["days"], string>> = {
  every_session: "every session",
  week_end: "the last session of every week",
  month_end: "the last session of every month",
  quarter_end: "the last session of every quarter",
  year_end: "the last session of every year",
  week_start: "the first session of every week",
  month_start: "the first session of every month",
  quarter_start: "the first session of every quarter",
};
