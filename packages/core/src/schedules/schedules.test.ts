import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchangeNames } from "../exchanges/exchange.ts";
import { findExchange } from "../exchanges/find-exchange.ts";
import { toDay, toIsoDay } from "../market/calendar.ts";
import { describeWhen } from "./describe-when.ts";
import { type FindExchange, firesAfter, firesBetween, nextFire } from "./fires.ts";
import { preview } from "./preview.ts";
import { closeInstant, lastClosedSession } from "./session-fires.ts";
import { sessionDays, type When, WhenInput } from "./when.ts";

const exchanges: FindExchange = (name) => findExchange(name);
const when = (input: unknown): When => WhenInput.parse(input);
const at = (iso: string): number => Date.parse(iso);

/** The next fires in local time, with the day that each is for. */
function fires(input: unknown, from: string, count: number): string[] {
  return preview(when(input), exchanges, at(from), count).fires.map(
    ({ local, trading_day }) => `${local} for ${trading_day}`,
  );
}

describe("a rule over sessions", () => {
  it("fires half an hour after the close of the last session of the month unless told otherwise", () => {
    expect(when({ days: "month_end" })).toEqual({
      days: "month_end",
      offset: 0,
      exchange: "XNYS",
      time: { after_close: 30 },
      time_zone: "America/New_York",
      day_offset: 0,
    });
    expect(fires({ days: "month_end" }, "2027-02-27T00:00:00Z", 4)).toEqual([
      "2027-03-31T16:30:00-04:00 for 2027-03-31",
      "2027-04-30T16:30:00-04:00 for 2027-04-30",
      "2027-05-28T16:30:00-04:00 for 2027-05-28",
      "2027-06-30T16:30:00-04:00 for 2027-06-30",
    ]);
  });

  it("keeps the local time through both changes of the clock, one fire each day", () => {
    const rule = { days: "every_session", time: "16:30" };
    expect(fires(rule, "2027-03-12T00:00:00Z", 3)).toEqual([
      "2027-03-12T16:30:00-05:00 for 2027-03-12",
      "2027-03-15T16:30:00-04:00 for 2027-03-15",
      "2027-03-16T16:30:00-04:00 for 2027-03-16",
    ]);
    expect(fires(rule, "2027-11-05T00:00:00Z", 2)).toEqual([
      "2027-11-05T16:30:00-04:00 for 2027-11-05",
      "2027-11-08T16:30:00-05:00 for 2027-11-08",
    ]);
  });

  it("follows an early close with `after_close`, and not with a fixed time", () => {
    const from = "2026-11-27T12:00:00Z";
    expect(fires({ days: "every_session" }, from, 1)).toEqual(["2026-11-27T13:30:00-05:00 for 2026-11-27"]);
    expect(fires({ days: "every_session", time: "16:30" }, from, 1)).toEqual([
      "2026-11-27T16:30:00-05:00 for 2026-11-27",
    ]);
    expect(fires({ days: "every_session", time: { before_close: 15 } }, from, 1)).toEqual([
      "2026-11-27T12:45:00-05:00 for 2026-11-27",
    ]);
  });

  it("follows the later close on the day of the Korean university entrance exam", () => {
    expect(fires({ days: "every_session", exchange: "XKRX" }, "2026-11-18T12:00:00Z", 2)).toEqual([
      "2026-11-19T17:00:00+09:00 for 2026-11-19",
      "2026-11-20T16:00:00+09:00 for 2026-11-20",
    ]);
  });

  it("moves the trading day by `offset`", () => {
    expect(fires({ days: "month_end", offset: -2, time: "10:00" }, "2027-05-01T00:00:00Z", 1)).toEqual([
      "2027-05-26T10:00:00-04:00 for 2027-05-26",
    ]);
    expect(fires({ days: "month_end", offset: 1, time: "10:00" }, "2027-05-29T00:00:00Z", 1)).toEqual([
      "2027-06-01T10:00:00-04:00 for 2027-06-01",
    ]);
    expect(fires({ days: "month_start", offset: -1, time: "10:00" }, "2027-05-28T00:00:00Z", 1)).toEqual([
      "2027-05-28T10:00:00-04:00 for 2027-05-28",
    ]);
  });

  it("moves the clock alone by `day_offset`: New York's month end on the next morning in Seoul", () => {
    const rule = { days: "month_end", time: "07:00", time_zone: "Asia/Seoul", day_offset: 1 };
    expect(fires(rule, "2026-11-01T00:00:00Z", 2)).toEqual([
      "2026-12-01T07:00:00+09:00 for 2026-11-30",
      "2027-01-01T07:00:00+09:00 for 2026-12-31",
    ]);
  });

  it("ends Korean years on the day before their last weekday", () => {
    expect(fires({ days: "year_end", exchange: "XKRX" }, "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-12-30T16:00:00+09:00 for 2026-12-30",
      "2027-12-30T16:00:00+09:00 for 2027-12-30",
    ]);
  });

  it("knows weeks, quarters and their beginnings", () => {
    const from = "2027-03-25T00:00:00Z";
    const days = (rule: string) =>
      firesAfter(when({ days: rule }), exchanges, at(from))
        .take(2)
        .map(dayOf)
        .toArray();
    const dayOf = ({ tradingDay }: { tradingDay: number | null }) => toIsoDay(tradingDay!);
    // Good Friday is 2027-03-26.
    expect(days("week_end")).toEqual(["2027-03-25", "2027-04-02"]);
    expect(days("week_start")).toEqual(["2027-03-29", "2027-04-05"]);
    expect(days("quarter_end")).toEqual(["2027-03-31", "2027-06-30"]);
    expect(days("quarter_start")).toEqual(["2027-04-01", "2027-07-01"]);
  });

  it("moves with a day that the operator closes", () => {
    const closed = [{ day: toDay("2026-11-30"), session: false, close: null }];
    const fire = nextFire(
      when({ days: "month_end" }),
      (name) => findExchange(name, closed),
      at("2026-11-01T00:00:00Z"),
    );
    expect(toIsoDay(fire!.tradingDay!)).toBe("2026-11-27");
  });

  const someRule = fc.record({
    days: fc.constantFrom(...sessionDays),
    offset: fc.integer({ min: -10, max: 10 }),
    exchange: fc.constantFrom(...exchangeNames),
    time: fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hours, minutes]) => {
        return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
      }),
      fc.record({ after_close: fc.integer({ min: 0, max: 1_440 }) }),
      fc.record({ before_close: fc.integer({ min: 0, max: 1_440 }) }),
    ),
    time_zone: fc.constantFrom("America/New_York", "Asia/Seoul", "Pacific/Kiritimati", "Pacific/Niue", "UTC"),
    day_offset: fc.integer({ min: 0, max: 3 }),
  });
  const someInstant = fc.integer({ min: at("2019-01-01T00:00:00Z"), max: at("2040-01-01T00:00:00Z") });

  it("has the same next fires wherever one begins to look", () => {
    fc.assert(
      fc.property(someRule, someInstant, (rule, after) => {
        const found = [...firesAfter(when(rule), exchanges, after).take(5)];
        for (const [index, { fireAt }] of found.entries()) {
          expect(fireAt).toBeGreaterThan(index === 0 ? after : found[index - 1]!.fireAt);
          expect(nextFire(when(rule), exchanges, fireAt - 1)).toEqual(found[index]);
          if (index > 0) expect(nextFire(when(rule), exchanges, found[index - 1]!.fireAt)).toEqual(found[index]);
        }
        expect(firesBetween(when(rule), exchanges, after, found[3]!.fireAt, 100)).toEqual(found.slice(0, 4));
      }),
    );
  });

  it("fires for each session once, and for sessions alone", () => {
    fc.assert(
      fc.property(someRule, someInstant, (rule, after) => {
        const exchange = findExchange(rule.exchange);
        const days = firesAfter(when({ ...rule, days: "every_session" }), exchanges, after)
          .take(20)
          .map(({ tradingDay }) => tradingDay!)
          .toArray();
        for (const [index, day] of days.entries()) {
          expect(index === 0 ? exchange.isSession(day) : exchange.nextSession(days[index - 1]!) === day).toBe(true);
        }
      }),
    );
  });

  it("survives being read again as it is stored", () => {
    fc.assert(
      fc.property(someRule, (rule) => {
        expect(when(when(rule))).toEqual(when(rule));
        expect(describeWhen(when(rule))).toContain(rule.exchange);
      }),
    );
  });
});

describe("a cron rule", () => {
  it("is about what clocks of its zone show, and names the last closed session", () => {
    const rule = { cron: "30 16 * * 1-5", time_zone: "America/New_York", exchange: "XNYS" };
    expect(fires(rule, "2027-05-27T12:00:00Z", 4)).toEqual([
      "2027-05-27T16:30:00-04:00 for 2027-05-27",
      "2027-05-28T16:30:00-04:00 for 2027-05-28",
      "2027-05-31T16:30:00-04:00 for 2027-05-28",
      "2027-06-01T16:30:00-04:00 for 2027-06-01",
    ]);
    expect(fires({ cron: "0 9 1 1 *" }, "2026-11-29T00:00:00Z", 1)).toEqual(["2027-01-01T09:00:00+00:00 for null"]);
  });

  it("fires at 03:30 when there is no 02:30", () => {
    const rule = { cron: "30 2 * * *", time_zone: "America/New_York" };
    expect(fires(rule, "2027-03-13T12:00:00Z", 2)).toEqual([
      "2027-03-14T03:30:00-04:00 for null",
      "2027-03-15T02:30:00-04:00 for null",
    ]);
    // Looked for between the gap and the fire, and after it.
    expect(fires(rule, "2027-03-14T07:10:00Z", 1)).toEqual(["2027-03-14T03:30:00-04:00 for null"]);
    expect(fires(rule, "2027-03-14T07:30:00Z", 1)).toEqual(["2027-03-15T02:30:00-04:00 for null"]);
  });

  it("fires at the first 01:30 when there are two", () => {
    const rule = { cron: "30 1 * * *", time_zone: "America/New_York" };
    expect(fires(rule, "2027-11-07T00:00:00Z", 2)).toEqual([
      "2027-11-07T01:30:00-04:00 for null",
      "2027-11-08T01:30:00-05:00 for null",
    ]);
    expect(fires(rule, "2027-11-07T05:30:00Z", 1)).toEqual(["2027-11-08T01:30:00-05:00 for null"]);
  });

  it("ends when there is no fire in five years", () => {
    // The next February with five Mondays is that of 2044.
    expect(nextFire(when({ cron: "0 0 * 2 1#5" }), exchanges, at("2026-11-29T00:00:00Z"))).toBeUndefined();
    expect(fires({ cron: "0 0 29 2 *" }, "2026-11-29T00:00:00Z", 2)).toEqual([
      "2028-02-29T00:00:00+00:00 for null",
      "2032-02-29T00:00:00+00:00 for null",
    ]);
  });

  const zones = ["America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Asia/Seoul"];
  // Around changes of the clock in each zone; that of Apia left out 30 December 2011.
  const instants = [
    "2027-03-14T06:00:00Z",
    "2027-11-07T05:00:00Z",
    "2026-10-03T15:00:00Z",
    "2027-04-03T15:00:00Z",
    "2018-11-04T03:00:00Z",
    "2011-12-30T09:00:00Z",
    "2027-07-01T00:00:00Z",
  ];
  const someCron = fc.record({
    minutes: fc.uniqueArray(fc.constantFrom(0, 10, 15, 30, 45, 59), { minLength: 1 }),
    hours: fc.uniqueArray(fc.constantFrom(0, 1, 2, 3, 12, 23), { minLength: 1 }),
    timeZone: fc.constantFrom(...zones),
    after: fc.tuple(fc.constantFrom(...instants), fc.integer({ min: -1_800, max: 1_800 })).map(([iso, minutes]) => {
      return at(iso) + minutes * 60_000;
    }),
  });

  it("fires when a clock that is looked at each minute says so", () => {
    fc.assert(
      fc.property(someCron, ({ minutes, hours, timeZone, after }) => {
        const until = after + 36 * 3_600_000;
        const rule = when({ cron: `${minutes.join(",")} ${hours.join(",")} * * *`, time_zone: timeZone });
        const found = firesBetween(rule, exchanges, after, until, 1_000).map(({ fireAt }) => fireAt);
        expect(found).toEqual(byLooking(minutes, hours, timeZone, after, until));
      }),
      { numRuns: 20 },
    );
  });

  /** Every minute's local time by `Intl`; times that never came are read with the offset before the gap. */
  function byLooking(minutes: number[], hours: number[], timeZone: string, after: number, until: number): number[] {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    const shown = (instant: number) => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
    const found = new Set<number>();
    const begin = after - 60 * 3_600_000;
    let before = shown(begin - 60_000);
    let latest = before;
    for (let instant = begin; instant <= until; instant += 60_000) {
      const now = shown(instant);
      const offsetBefore = before - (instant - 60_000);
      // Back in time: seen before. Ahead by more than a minute: what was left out comes by the old offset.
      for (let time = Math.max(latest + 60_000, now); time <= now; time += 60_000) add(time, instant);
      for (let time = latest + 60_000; time < now; time += 60_000) add(time, time - offsetBefore);
      latest = Math.max(latest, now);
      before = now;
    }
    return [...found].toSorted((a, b) => a - b);

    function add(time: number, instant: number): void {
      const date = new Date(time);
      if (!minutes.includes(date.getUTCMinutes()) || !hours.includes(date.getUTCHours())) return;
      if (instant > after && instant <= until) found.add(instant);
    }
  }
});

describe("a refused rule", () => {
  it.each([
    [{}, "", "must have days or cron"],
    [{ days: "month_end", cron: "0 0 * * *" }, "days", "does not go with cron"],
    [{ cron: "0 0 * * *", offset: 0 }, "offset", "does not go with cron"],
    [{ cron: "0 0 0 * * *" }, "cron", "five fields"],
    [{ cron: "@daily" }, "cron", "five fields"],
    [{ cron: "H 0 * * *" }, "cron", "chance"],
    [{ cron: "61 0 * * *" }, "cron", "not a cron rule"],
    [{ cron: "0 0 30 2 *" }, "cron", "not a cron rule"],
    [{ days: "month_end", time_zone: "Mars/Olympus" }, "time_zone", "not a known time zone"],
    [{ days: "month_end", exchange: "XLON" }, "exchange", "XNYS"],
    [{ days: "month_end", time: "24:00" }, "time", "must be a time"],
    [{ days: "month_end", time: { after_close: -1 } }, "time.after_close", ">=0"],
    [{ days: "month_end", time: 5 }, "time", "must be a time"],
    [{ days: "month_end", offset: 11 }, "offset", "10"],
  ])("%j names the field", (input, path, message) => {
    const issues = WhenInput.safeParse(input).error!.issues;
    expect(issues).toHaveLength(1);
    expect(issues[0]!.path.join(".")).toBe(path);
    expect(issues[0]!.message).toContain(message);
  });

  it("can be any text without a crash", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), (text) => {
        for (const input of [{ cron: text }, { cron: `${text} * * * *` }, { days: "month_end", time_zone: text }]) {
          const parsed = WhenInput.safeParse(input);
          if (parsed.success) nextFire(parsed.data, exchanges, 0);
          expect(typeof parsed.success).toBe("boolean");
        }
      }),
    );
  });
});

describe("a preview", () => {
  it("says the rule in words", () => {
    const words = (input: unknown) => describeWhen(when(input));
    expect(words({ days: "month_end" })).toBe("30 minutes after the close on the last session of every month (XNYS)");
    expect(words({ days: "every_session", time: "16:30" })).toBe(
      "At 16:30 in America/New_York on every session (XNYS)",
    );
    expect(words({ days: "week_end", offset: -1, time: { before_close: 1 }, exchange: "XKRX" })).toBe(
      "1 minute before the close on the session before the last session of every week (XKRX)",
    );
    expect(words({ days: "quarter_start", offset: 3, time: { after_close: 0 }, day_offset: 2 })).toBe(
      "At the close 2 days after 3 sessions after the first session of every quarter (XNYS)",
    );
    expect(words({ cron: "0 7 * * 1-5", exchange: "XNYS" })).toBe(
      'By cron "0 7 * * 1-5" in UTC, for the last closed session of XNYS',
    );
  });

  it("warns of fires before the close of their session", () => {
    const { warnings } = preview(
      when({ days: "month_end", time: "07:00", time_zone: "Asia/Seoul" }),
      exchanges,
      at("2026-11-01T00:00:00Z"),
      10,
    );
    expect(warnings).toEqual(["Fires before XNYS closes on 2026-11-30: that day's prices are not there yet"]);
    expect(preview(when({ days: "month_end" }), exchanges, at("2026-11-01T00:00:00Z"), 10).warnings).toEqual([]);
  });

  it("warns of sessions beyond the known holidays", () => {
    const rule = when({ days: "month_end", exchange: "XKRX" });
    expect(preview(rule, exchanges, at("2027-01-01T00:00:00Z"), 13).warnings).toEqual([
      "Holidays of XKRX are known until 2027-12-31: later weekdays count as sessions",
    ]);
    expect(preview(rule, exchanges, at("2027-01-01T00:00:00Z"), 12).warnings).toEqual([]);
  });
});

describe("the last closed session", () => {
  it("is today's from the close on", () => {
    const nyse = findExchange("XNYS");
    const closed = (iso: string) => toIsoDay(lastClosedSession(nyse, at(iso)));
    expect(closed("2026-11-27T17:59:59Z")).toBe("2026-11-25");
    expect(closed("2026-11-27T18:00:00Z")).toBe("2026-11-27");
    expect(closed("2026-11-29T00:00:00Z")).toBe("2026-11-27");
    expect(new Date(closeInstant(nyse, toDay("2026-11-30"))).toISOString()).toBe("2026-11-30T21:00:00.000Z");
  });
});
