import { z } from "zod";

/** A day that a client gives. PostgreSQL and the calendars know no year 0. */
export function givenDay() {
  return z.iso.date().refine((day) => day >= "0001-01-01", "must be in the years 1 to 9999");
}

/** An instant that a client gives, in any offset. In UTC it may be of another year than it is written with. */
export function givenInstant() {
  return z.iso.datetime({ offset: true }).refine((text) => {
    const instant = Date.parse(text);
    return instant >= earliest && instant <= latest;
  }, "must be in the years 1 to 9999 in UTC");
}

const earliest = Date.parse("0001-01-01T00:00:00.000Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");
