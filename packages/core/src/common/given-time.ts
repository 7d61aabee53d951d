import { z } from "zod";

/** A day given by a client. PostgreSQL and the calendars have no year 0. */
export function givenDay() {
  return z.iso.date().refine((day) => day >= "0001-01-01", "must be in the years 1 to 9999");
}

/** An instant given by a client, with any offset. Its year in UTC may differ from the written one. */
export function givenInstant() {
  return z.iso.datetime({ offset: true }).refine((text) => {
    const instant = Date.parse(text);
    // What is no instant has been refused as such.
    return Number.isNaN(instant) || (instant >= earliest && instant <= latest);
  }, "must be in the years 1 to 9999 in UTC");
}

const earliest = Date.parse("0001-01-01T00:00:00.000Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");
