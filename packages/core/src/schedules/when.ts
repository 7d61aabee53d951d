import { z } from "zod";
import { exchangeNames } from "../exchanges/exchange.ts";
import { findExchange } from "../exchanges/find-exchange.ts";
import { cronProblem } from "./cron.ts";
import { isTimeZone } from "./zoned-time.ts";

/** The sessions that a rule selects. */
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

const minutes = z.int().min(0).max(1_440);
const LocalTime = z
  .union(
    [
      z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 16:30"),
      z.strictObject({ after_close: minutes.meta({ description: "Minutes after the close." }) }),
      z.strictObject({ before_close: minutes.meta({ description: "Minutes before the close." }) }),
    ],
    'must be a time such as "16:30", {"after_close": minutes} or {"before_close": minutes}',
  )
  .meta({
    description: "A local time of `time_zone`, or minutes after or before the close of the session.",
    examples: ["16:30", { after_close: 30 }],
  });
const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "is not a known time zone")
  .meta({ description: "IANA name of a time zone, or an offset.", examples: ["America/New_York", "Asia/Seoul"] });
const Days = z.enum(sessionDays).meta({ description: "The sessions on which the schedule fires." });
const Offset = z
  .int()
  .min(-10)
  .max(10)
  .meta({ description: "Moves the trading day by sessions: -1 is the session before.", examples: [0] });
const DayOffset = z
  .int()
  .min(0)
  .max(3)
  .meta({ description: "Moves the time of the fire by calendar days; the trading day stays the same." });
const Cron = z
  .string()
  .max(200)
  .superRefine((cron, { addIssue }) => {
    const problem = cronProblem(cron);
    if (problem !== undefined) addIssue(problem);
  })
  .meta({ description: "Minute, hour, day of month, month, weekday.", examples: ["30 16 * * 1-5"] });
const ExchangeId = z.enum(exchangeNames).meta({ description: "The exchange whose sessions count." });

/** A rule over the sessions of an exchange. */
const SessionRule = z.object({
  days: Days,
  offset: Offset,
  exchange: ExchangeId,
  time: LocalTime,
  time_zone: TimeZone,
  day_offset: DayOffset,
});
export type SessionRule = z.output<typeof SessionRule>;

/** A rule over local times. */
const CronRule = z.object({
  cron: Cron,
  time_zone: TimeZone,
  exchange: ExchangeId.nullable().meta({
    description: "Exchange that determines the trading day: its last session that has closed at the fire.",
  }),
});
export type CronRule = z.output<typeof CronRule>;

/** When a schedule fires, with all defaults. */
export const When = z.union([SessionRule, CronRule]).meta({ id: "When" });
export type When = z.output<typeof When>;

/** When a schedule fires, as clients send it: by sessions (`days`) or by the clock (`cron`). */
export const WhenInput = z
  .strictObject({
    days: Days.nullish(),
    offset: Offset.nullish(),
    exchange: ExchangeId.nullish(),
    time: LocalTime.nullish(),
    time_zone: TimeZone.nullish(),
    day_offset: DayOffset.nullish(),
    cron: Cron.nullish(),
  })
  .superRefine((rule, { addIssue }) => {
    const isCron = rule.cron !== undefined && rule.cron !== null;
    const ofSessions = (["days", "offset", "time", "day_offset"] as const).filter((field) => !isAbsent(rule[field]));
    if (isCron) {
      for (const field of ofSessions) addIssue({ code: "custom", path: [field], message: "does not go with cron" });
    } else if (isAbsent(rule.days)) {
      addIssue({ code: "custom", path: [], message: "must have days or cron" });
    }
  })
  .transform((rule): When => {
    const { cron, exchange, time_zone } = rule;
    if (!isAbsent(cron)) return { cron, time_zone: time_zone ?? "UTC", exchange: exchange ?? null };
    const name = exchange ?? "XNYS";
    return {
      days: rule.days!,
      offset: rule.offset ?? 0,
      exchange: name,
      time: rule.time ?? { after_close: 30 },
      time_zone: time_zone ?? findExchange(name).timeZone,
      day_offset: rule.day_offset ?? 0,
    };
  })
  .meta({
    id: "WhenInput",
    description:
      "Either `days` with an exchange (sessions: `offset`, `time`, `day_offset`), or `cron` with five fields. " +
      "Absent: `offset` 0, `exchange` XNYS, `time` 30 minutes after the close, `time_zone` that of the exchange (cron: UTC), `day_offset` 0.",
    examples: [
      { days: "month_end" },
      { days: "month_end", exchange: "XKRX", time: { after_close: 30 } },
      { cron: "30 16 * * 1-5", time_zone: "America/New_York", exchange: "XNYS" },
    ],
  });

export function isCronRule(when: When): when is CronRule {
  return "cron" in when;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
