import type { Inputs, Outputs } from "../../../api/client.ts";

export type WhenInput = Inputs["previewSchedule"]["when"];
type When = Outputs["getSchedule"]["when"];

export const sessionDays = [
  "every_session",
  "week_end",
  "month_end",
  "quarter_end",
  "year_end",
  "week_start",
  "month_start",
  "quarter_start",
] as const;

export const exchanges = ["XNYS", "XKRX", "weekdays"] as const;

/** The time zones that the service takes where a rule has none. */
const zoneOf: Readonly<Record<string, string>> = { XNYS: "America/New_York", XKRX: "Asia/Seoul", weekdays: "UTC" };

/** A rule as the form's fields. */
export interface Rule {
  readonly kind: "sessions" | "cron";
  readonly days: (typeof sessionDays)[number];
  /** Empty for a cron rule without one. */
  readonly exchange: (typeof exchanges)[number] | "";
  readonly offset: string;
  readonly time: "after" | "before" | "at";
  readonly minutes: string;
  readonly clock: string;
  readonly zone: string;
  readonly dayOffset: string;
  readonly cron: string;
}

const first: Rule = {
  kind: "sessions",
  days: "month_end",
  exchange: "XNYS",
  offset: "0",
  time: "after",
  minutes: "30",
  clock: "16:30",
  zone: "",
  dayOffset: "0",
  cron: "30 16 * * 1-5",
};

/** The fields of a rule in an address. */
export function ruleOf(search: {
  days?: string | undefined;
  exchange?: string | undefined;
  time?: string | undefined;
}): Rule {
  return {
    ...first,
    days: sessionDays.find((known) => known === search.days) ?? first.days,
    exchange: exchanges.find((known) => known === search.exchange) ?? first.exchange,
    ...(search.time !== undefined && { time: "at", clock: search.time }),
  };
}

/** The fields of a stored rule. */
export function typedRule(when: When): Rule {
  if ("cron" in when) {
    return { ...first, kind: "cron", cron: when.cron, zone: when.time_zone, exchange: when.exchange ?? "" };
  }
  const { time } = when;
  return {
    ...first,
    days: when.days,
    exchange: when.exchange,
    offset: String(when.offset),
    dayOffset: String(when.day_offset),
    // Of another exchange the time zone is another one.
    zone: when.time_zone === zoneOf[when.exchange] ? "" : when.time_zone,
    ...(typeof time === "string"
      ? { time: "at", clock: time }
      : "after_close" in time
        ? { time: "after", minutes: String(time.after_close) }
        : { time: "before", minutes: String(time.before_close) }),
  };
}

/** The rule as the API takes it. */
export function toWhen(rule: Rule): WhenInput {
  const zone = rule.zone.trim() === "" ? {} : { time_zone: rule.zone.trim() };
  const exchange = rule.exchange === "" ? {} : { exchange: rule.exchange };
  if (rule.kind === "cron") return { cron: rule.cron, ...exchange, ...zone };
  const minutes = Number(rule.minutes);
  return {
    days: rule.days,
    ...exchange,
    offset: Number(rule.offset),
    day_offset: Number(rule.dayOffset),
    time:
      rule.time === "at" ? rule.clock : rule.time === "after" ? { after_close: minutes } : { before_close: minutes },
    ...zone,
  };
}
