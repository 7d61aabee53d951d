import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Formats, formatsOf as makeFormats } from "./formats-of.ts";

// Making one takes milliseconds, and each property tries hundreds.
const made = new Map<string, Formats>();
const formatsOf = (language: "en" | "ko", zone: string | undefined): Formats => {
  const key = `${language} ${zone}`;
  if (!made.has(key)) made.set(key, makeFormats(language, zone));
  return made.get(key)!;
};

const languages = ["en", "ko"] as const;
/** Zones whose clocks have not been changed since 2000, by their minutes from UTC. */
const fixed = { "Pacific/Honolulu": -600, "Asia/Kolkata": 330, "Asia/Seoul": 540, "Pacific/Kiritimati": 840 } as const;
const zones = [...Object.keys(fixed), "UTC", "America/New_York", "Pacific/Auckland", "Europe/London"];

const anyLanguage = fc.constantFrom(...languages);
const anyZone = fc.constantFrom(...zones);
const anyFixedZone = fc.constantFrom(...(Object.entries(fixed) as [string, number][]));
const anyInstant = fc.date({ min: new Date("2000-01-01"), max: new Date("2060-01-01"), noInvalidDate: true });

const withoutZone = (text: string): string => text.slice(0, text.lastIndexOf(" "));

afterEach(() => void vi.useRealTimers());

describe("days", () => {
  it("are the same in every time zone, of the device too", () => {
    fc.assert(
      fc.property(anyInstant, anyLanguage, anyZone, (instant, language, zone) => {
        const day = instant.toISOString().slice(0, 10);
        const text = formatsOf(language, zone).day(day);
        expect(text).toBe(formatsOf(language, undefined).day(day));
        const numbers = text.match(/\d+/g)!.map(Number);
        const [year, month, date] = day.split("-").map(Number);
        expect(numbers).toEqual(language === "ko" ? [year, month, date] : [date, year]);
      }),
    );
  });

  it("are in words of the language, and absent ones a dash", () => {
    expect(formatsOf("en", "Pacific/Honolulu").day("2026-01-01")).toBe("Jan 1, 2026");
    expect(formatsOf("ko", "Pacific/Kiritimati").day("2026-12-31")).toBe("2026년 12월 31일");
    expect(formatsOf("en", "UTC").day(null)).toBe("–");
  });
});

describe("instants", () => {
  it("are those of UTC, moved by the offset of the zone", () => {
    fc.assert(
      fc.property(anyInstant, anyLanguage, anyFixedZone, (instant, language, [zone, minutes]) => {
        const moved = new Date(instant.getTime() + minutes * 60_000).toISOString();
        const formats = formatsOf(language, zone);
        expect(withoutZone(formats.instant(instant.toISOString()))).toBe(
          withoutZone(formatsOf(language, "UTC").instant(moved)),
        );
        expect(formats.instantIn(moved, "UTC")).toBe(formatsOf(language, "UTC").instantIn(moved, "UTC"));
      }),
    );
  });

  it.each([
    ["en", "America/New_York", "2026-01-15T21:00:00Z", "Jan 15, 2026, 16:00:00 EST"],
    ["en", "America/New_York", "2026-07-15T20:00:00Z", "Jul 15, 2026, 16:00:00 EDT"],
    ["en", "Pacific/Honolulu", "2026-01-01T05:00:00Z", "Dec 31, 2025, 19:00:00 HST"],
    ["en", "Pacific/Auckland", "2026-01-01T11:00:00Z", "Jan 2, 2026, 00:00:00 GMT+13"],
    ["ko", "Asia/Seoul", "2026-01-01T15:30:00Z", "2026. 1. 2. 0:30:00 GMT+9"],
    ["en", "UTC", "2026-01-01T00:00:00Z", "Jan 1, 2026, 00:00:00 UTC"],
  ] as const)("name their zone: %s in %s at %s", (language, zone, instant, text) => {
    expect(formatsOf(language, zone).instant(instant)).toBe(text);
  });

  it("leave the year out where it is the present one in the zone that is shown", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-15T12:00:00Z") });
    const newYear = "2026-01-01T05:00:00Z";
    expect(formatsOf("en", "UTC").shortInstant(newYear)).toBe("Jan 1, 05:00");
    expect(formatsOf("en", "Pacific/Honolulu").shortInstant(newYear)).toBe("Dec 31, 2025, 19:00");
    vi.setSystemTime(new Date("2026-01-01T06:00:00Z"));
    expect(formatsOf("en", "Pacific/Honolulu").shortInstant(newYear)).toBe("Dec 31, 19:00");
    expect(formatsOf("en", "UTC").shortInstant(null)).toBe("–");
  });

  it("tell the zone of the heads of columns", () => {
    expect(formatsOf("en", "Pacific/Honolulu")).toMatchObject({ zone: "Pacific/Honolulu", zoneName: "HST" });
    expect(formatsOf("ko", "Asia/Seoul")).toMatchObject({ zone: "Asia/Seoul", zoneName: "GMT+9" });
  });
});
