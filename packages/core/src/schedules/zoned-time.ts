import { Temporal } from "temporal-polyfill";
import { toDay, toIsoDay } from "../market/calendar.ts";

/** Whether the text names a time zone: an IANA name or an offset such as `+09:00`. */
export function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The instant, in milliseconds since 1970, at which clocks of a zone show a time (`16:30`) on a day. A time that exists
 * twice is the first of them. A time that does not exist is read as if the clock had not been put forward yet: 02:30
 * becomes 03:30.
 */
export function instantOf(day: number, time: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(`${toIsoDay(day)}T${time}`).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The local time of a zone at an instant, as if it were UTC, in milliseconds since 1970. */
export function wallClockOf(instant: number, timeZone: string): number {
  return instant + zoned(instant, timeZone).offsetNanoseconds / 1e6;
}

/** The instant at which clocks of a zone show a time that is given as by `wallClockOf`; as `instantOf` where it is not unique. */
export function instantOfWallClock(wallClock: number, timeZone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(wallClock).toZonedDateTimeISO("UTC").toPlainDateTime();
  return local.toZonedDateTime(timeZone).epochMilliseconds;
}

/** The local day of a zone. */
export function localDay(instant: number, timeZone: string): number {
  return toDay(zoned(instant, timeZone).toPlainDate().toString());
}

/** The local time of a zone with its offset: `2027-03-15T16:30:00-04:00`. */
export function toLocal(instant: number, timeZone: string): string {
  return zoned(instant, timeZone).toString({ timeZoneName: "never", smallestUnit: "second" });
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}
