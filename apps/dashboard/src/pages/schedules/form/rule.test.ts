import { describe, expect, it } from "vitest";
import { ruleOf, toWhen, typedRule } from "./rule.ts";

type When = Parameters<typeof typedRule>[0];

const sessions = { offset: 0, day_offset: 0, exchange: "XNYS", time_zone: "America/New_York" } as const;
const stored: readonly When[] = [
  { ...sessions, days: "month_end", time: { after_close: 30 } },
  { ...sessions, days: "week_start", time: { before_close: 15 }, offset: -1 },
  { ...sessions, days: "every_session", time: "16:30", time_zone: "Europe/London" },
  { ...sessions, days: "year_end", time: "07:00", day_offset: 1, exchange: "XKRX", time_zone: "Asia/Seoul" },
  { cron: "30 16 * * 1-5", time_zone: "Asia/Seoul", exchange: "XKRX" },
  { cron: "0 7 1 * *", time_zone: "UTC", exchange: null },
];

describe("the fields of a rule", () => {
  it.each(stored)("make the rule %j again", (when) => {
    const filled = "cron" in when ? { exchange: null } : { time_zone: usualZone(when.exchange) };
    expect({ ...filled, ...toWhen(typedRule(when)) }).toEqual(when);
  });

  it("leave the time zone to the exchange, so that another exchange brings its own", () => {
    const rule = typedRule(stored[0]!);
    expect(toWhen({ ...rule, exchange: "XKRX" })).toMatchObject({ exchange: "XKRX" });
    expect(toWhen({ ...rule, exchange: "XKRX" })).not.toHaveProperty("time_zone");
  });

  it("come from an address, where unknown words are left out", () => {
    expect(toWhen(ruleOf({ days: "every_session", exchange: "XKRX", time: "16:30" }))).toEqual({
      days: "every_session",
      exchange: "XKRX",
      offset: 0,
      day_offset: 0,
      time: "16:30",
    });
    expect(toWhen(ruleOf({ days: "sometimes", exchange: "XLON" }))).toMatchObject({
      days: "month_end",
      exchange: "XNYS",
      time: { after_close: 30 },
    });
  });
});

function usualZone(exchange: string): string {
  return exchange === "XKRX" ? "Asia/Seoul" : "America/New_York";
}
