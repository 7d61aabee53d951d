import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarMonths, countUpTo, isoDays, isWeekday, monthEnds, toDay, toIsoDay } from "./calendar.ts";

const days = (...iso: string[]) => Int32Array.from(iso, toDay);
const monthEndDays = (...iso: string[]) => monthEnds(calendarMonths(days(...iso))).map((row) => iso[row]);

describe("days", () => {
  it("are counted from 1970-01-01", () => {
    expect([toDay("1970-01-01"), toDay("1969-12-31"), toDay("2024-02-29")]).toEqual([0, -1, 19_782]);
  });

  it("round-trip through ISO", () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 2_000_000 }), (day) => {
        expect(toDay(toIsoDay(day))).toBe(day);
        expect(toIsoDay(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
      }),
    );
  });

  it.each([
    "2023-02-29",
    "1900-02-29",
    "2023-04-31",
    "2023-13-01",
    "2023-00-10",
    "2023-01-00",
    "2023-1-1",
    "20230101",
    "2023-01-0x",
    "-023-01-01",
    "",
    "2023-01-01T00:00:00Z",
  ])("refuse %j", (text) => {
    expect(() => toDay(text)).toThrow(RangeError);
  });

  it("know their weekday", () => {
    const week = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06", "2024-01-07"];
    expect(week.map((iso) => isWeekday(toDay(iso)))).toEqual([true, true, true, true, true, false, false]);
    expect(["1969-12-27", "1969-12-29"].map((iso) => isWeekday(toDay(iso)))).toEqual([false, true]);
  });

  it("convert a whole calendar to ISO at once", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -40_000, max: 40_000 }), { minLength: 1 }), (numbers) => {
        const sorted = Int32Array.from(numbers).toSorted();
        expect(isoDays(sorted)).toEqual([...sorted].map(toIsoDay));
      }),
    );
  });
});

describe("a month", () => {
  it("ends on its last stored day when a later month is stored", () => {
    expect(monthEndDays("2024-01-02", "2024-01-29", "2024-02-01", "2024-02-02")).toEqual(["2024-01-29"]);
  });

  it("has ended when no weekday of it follows the last stored day", () => {
    expect(monthEndDays("2026-07-30", "2026-07-31")).toEqual(["2026-07-31"]);
    // Friday the 29th: the month goes on with a weekend.
    expect(monthEndDays("2020-05-28", "2020-05-29")).toEqual(["2020-05-29"]);
  });

  it("has not ended while a weekday of it may follow, be it a holiday", () => {
    expect(monthEndDays("2026-07-29", "2026-07-30")).toEqual([]);
    // Good Friday, 2018-03-30, was still to come.
    expect(monthEndDays("2018-02-28", "2018-03-29")).toEqual(["2018-02-28"]);
  });

  it("may be missing", () => {
    expect(monthEndDays("2024-01-05", "2024-03-28", "2024-03-29", "2024-04-01")).toEqual(["2024-01-05", "2024-03-29"]);
  });

  it("knows whether it is stored from its start", () => {
    const fromStart = (...iso: string[]) => calendarMonths(days(...iso)).map((month) => month.fromStart);
    expect(fromStart("2004-01-01", "2004-02-03")).toEqual([true, true]);
    expect(fromStart("2004-01-02", "2004-02-03")).toEqual([false, true]);
    // The 1st and 2nd were a weekend.
    expect(fromStart("2011-01-03")).toEqual([true]);
  });

  it("spans rows", () => {
    expect(calendarMonths(days("2023-12-29", "2024-01-02", "2024-01-03"))).toEqual([
      { year: 2023, month: 11, firstRow: 0, lastRow: 0, fromStart: false, hasEnded: true },
      { year: 2024, month: 0, firstRow: 1, lastRow: 2, fromStart: true, hasEnded: false },
    ]);
    expect(calendarMonths(new Int32Array())).toEqual([]);
  });
});

it("counts numbers up to a limit", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: -1, max: 21 }), (numbers, limit) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      expect(countUpTo(sorted, limit)).toBe(numbers.filter((number) => number <= limit).length);
    }),
  );
});
