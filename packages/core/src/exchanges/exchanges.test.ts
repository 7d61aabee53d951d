import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWeekday, toDay, toIsoDay } from "../market/calendar.ts";
import { exchangeNames } from "./exchange.ts";
import { findExchange } from "./find-exchange.ts";
import { isAvailable, sharedFile } from "../testing/shared-file.ts";
import { firstSession, lastSession, nextPeriodStart, periodStart, periods } from "./session-period.ts";

const nyse = findExchange("XNYS");
const krx = findExchange("XKRX");

function daysBetween(from: string, to: string): number[] {
  return Array.from({ length: toDay(to) - toDay(from) + 1 }, (_, index) => toDay(from) + index);
}

function closedWeekdays(exchange: typeof nyse, year: number): string[] {
  return daysBetween(`${year}-01-01`, `${year}-12-31`)
    .filter((day) => isWeekday(day) && !exchange.isSession(day))
    .map(toIsoDay);
}

function monthEnds(exchange: typeof nyse, from: string, to: string): string[] {
  const ends = daysBetween(from, to).map((day) => lastSession(exchange, "month", day)!);
  return [...new Set(ends)].map(toIsoDay);
}

describe("New York Stock Exchange", () => {
  const file = sharedFile("data/spy-ohlcv-daily.csv");
  it.runIf(isAvailable(file))("has the sessions on which SPY traded (needs ../shared/data)", () => {
    const traded = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(0, 10));
    const sessions = daysBetween(traded[0]!, traded.at(-1)!)
      .filter((day) => nyse.isSession(day))
      .map(toIsoDay);
    expect(sessions).toEqual(traded);
    expect(sessions.length).toBeGreaterThan(8_000);
  });

  // Worked out with a paper calendar: 31 May 2027 is Memorial Day, months that end on a weekend end on the Friday before.
  it("ends its months on these sessions", () => {
    expect(monthEnds(nyse, "2026-11-01", "2027-12-31")).toEqual([
      "2026-11-30",
      "2026-12-31",
      "2027-01-29",
      "2027-02-26",
      "2027-03-31",
      "2027-04-30",
      "2027-05-28",
      "2027-06-30",
      "2027-07-30",
      "2027-08-31",
      "2027-09-30",
      "2027-10-29",
      "2027-11-30",
      "2027-12-31",
    ]);
  });

  it("moves holidays off weekends, New Year apart", () => {
    // Juneteenth and Christmas fall on Saturdays, Independence Day on a Sunday; New Year of 2028 is a Saturday.
    expect(closedWeekdays(nyse, 2027)).toEqual([
      "2027-01-01",
      "2027-01-18",
      "2027-02-15",
      "2027-03-26",
      "2027-05-31",
      "2027-06-18",
      "2027-07-05",
      "2027-09-06",
      "2027-11-25",
      "2027-12-24",
    ]);
    expect(nyse.isSession(toDay("2023-01-02"))).toBe(false);
  });

  it("closes early after Thanksgiving and before Christmas and Independence Day", () => {
    const early = daysBetween("2023-01-01", "2026-12-31")
      .filter((day) => nyse.isSession(day) && nyse.closeOf(day).early)
      .map(toIsoDay);
    expect(early).toEqual([
      "2023-07-03",
      "2023-11-24",
      "2024-07-03",
      "2024-11-29",
      "2024-12-24",
      "2025-07-03",
      "2025-11-28",
      "2025-12-24",
      "2026-11-27",
      "2026-12-24",
    ]);
    expect(nyse.closeOf(toDay("2026-11-27"))).toEqual({ time: "13:00", early: true });
    expect(nyse.closeOf(toDay("2026-11-25"))).toEqual({ time: "16:00", early: false });
  });

  it("knows Easter", () => {
    const goodFridays = ["1997-03-28", "2000-04-21", "2008-03-21", "2024-03-29", "2038-04-23"];
    expect(goodFridays.map((iso) => nyse.isSession(toDay(iso)))).toEqual(goodFridays.map(() => false));
  });
});

describe("Korea Exchange", () => {
  // 31 December 2026 is a Thursday, 31 December 2027 a Friday: both are the closed last weekday of their year.
  it("ends its months on these sessions", () => {
    expect(monthEnds(krx, "2026-11-01", "2027-12-31")).toEqual([
      "2026-11-30",
      "2026-12-30",
      "2027-01-29",
      "2027-02-26",
      "2027-03-31",
      "2027-04-30",
      "2027-05-31",
      "2027-06-30",
      "2027-07-30",
      "2027-08-31",
      "2027-09-30",
      "2027-10-29",
      "2027-11-30",
      "2027-12-30",
    ]);
  });

  it("closes on public holidays, Labour Day and the last weekday of the year", () => {
    expect(closedWeekdays(krx, 2024)).toEqual([
      "2024-01-01",
      "2024-02-09",
      "2024-02-12",
      "2024-03-01",
      "2024-04-10",
      "2024-05-01",
      "2024-05-06",
      "2024-05-15",
      "2024-06-06",
      "2024-08-15",
      "2024-09-16",
      "2024-09-17",
      "2024-09-18",
      "2024-10-01",
      "2024-10-03",
      "2024-10-09",
      "2024-12-25",
      "2024-12-31",
    ]);
    // 31 December 2022 was a Saturday.
    expect(krx.isSession(toDay("2022-12-30"))).toBe(false);
    expect(krx.isSession(toDay("2022-12-29"))).toBe(true);
  });

  it("closes an hour later on the day of the university entrance exam", () => {
    expect(krx.closeOf(toDay("2026-11-19"))).toEqual({ time: "16:30", early: false });
    expect(krx.closeOf(toDay("2026-11-20"))).toEqual({ time: "15:30", early: false });
  });

  it("counts weekdays as sessions where the gazette says nothing yet", () => {
    expect(toIsoDay(krx.horizon!)).toBe("2027-12-31");
    expect(krx.isSession(toDay("2028-01-03"))).toBe(true);
    expect(krx.isSession(toDay("2029-05-01"))).toBe(true);
    expect(krx.isSession(toDay("2028-01-01"))).toBe(false);
  });
});

describe("every exchange", () => {
  const someDay = fc.integer({ min: toDay("1994-01-01"), max: toDay("2060-12-31") });
  const someExchange = fc.constantFrom(...exchangeNames).map((name) => findExchange(name));
  const somePeriod = fc.constantFrom(...periods);

  it("finds the session before and after a day", () => {
    fc.assert(
      fc.property(someExchange, someDay, (exchange, day) => {
        const [next, previous] = [exchange.nextSession(day), exchange.previousSession(day)];
        expect(exchange.isSession(next) && exchange.isSession(previous)).toBe(true);
        expect(exchange.previousSession(next)).toBe(exchange.isSession(day) ? day : previous);
        expect(exchange.nextSession(previous)).toBe(exchange.isSession(day) ? day : next);
        expect(next - previous).toBeLessThan(14);
      }),
    );
  });

  it("never trades on a weekend", () => {
    fc.assert(
      fc.property(someExchange, someDay, (exchange, day) => {
        expect(exchange.isSession(day) && !isWeekday(day)).toBe(false);
      }),
    );
  });

  it("has periods that follow each other without a gap", () => {
    fc.assert(
      fc.property(somePeriod, someDay, (period, day) => {
        const [start, next] = [periodStart(period, day), nextPeriodStart(period, day)];
        expect(start <= day && day < next).toBe(true);
        expect(periodStart(period, next)).toBe(next);
        expect(periodStart(period, next - 1)).toBe(start);
      }),
    );
  });

  it("has a first and a last session in each month", () => {
    fc.assert(
      fc.property(someExchange, someDay, (exchange, day) => {
        const [first, last] = [firstSession(exchange, "month", day)!, lastSession(exchange, "month", day)!];
        const start = periodStart("month", day);
        expect(exchange.previousSession(first)).toBeLessThan(start);
        expect(exchange.nextSession(last)).toBeGreaterThanOrEqual(nextPeriodStart("month", day));
        expect(first).toBeLessThan(last);
      }),
    );
  });

  it("follows the operator on the days that he sets, and its rules on all others", () => {
    const exceptions = fc.uniqueArray(
      fc.record({ day: someDay, session: fc.boolean(), close: fc.constantFrom(null, "12:00", "17:45") }),
      { selector: ({ day }) => day, maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...exchangeNames), exceptions, someDay, (name, set, day) => {
        const [byRules, exchange] = [findExchange(name), findExchange(name, set)];
        const exception = set.find((candidate) => candidate.day === day);
        expect(exchange.isSession(day)).toBe(exception?.session ?? byRules.isSession(day));
        for (const { day: exceptional, session, close } of set) {
          expect(exchange.isSession(exceptional)).toBe(session);
          expect(exchange.closeOf(exceptional).time).toBe(close ?? byRules.closeOf(exceptional).time);
        }
      }),
    );
  });

  it("has no session in a period that an operator closed", () => {
    const week = daysBetween("2026-11-02", "2026-11-08").map((day) => ({ day, session: false, close: null }));
    const closed = findExchange("XNYS", week);
    expect(lastSession(closed, "week", toDay("2026-11-04"))).toBeUndefined();
    expect(firstSession(closed, "week", toDay("2026-11-04"))).toBeUndefined();
    expect(toIsoDay(closed.nextSession(toDay("2026-10-30")))).toBe("2026-11-09");
  });
});
