import { toDay } from "../../market/calendar.ts";
import { type DayOrder, InvalidRowError, quoted } from "./csv-file.ts";

/**
 * The ISO day of a text: `2024-01-02`, `2024/1/2`, `20240102`, `01/02/2024`, `2 Jan 2024`, `Jan 02, 2024`, each also with a time.
 * @throws InvalidRowError for anything else, and for a day that can be read in two ways while `order` is null
 */
export function parseDay(text: string, order: DayOrder | null): string {
  return isIsoDay(text) ? text : parseWritten(text, order);
}

function parseWritten(text: string, order: DayOrder | null): string {
  const { date: spaced, isOfZone } = withoutTime(text);
  const date = spaced.replaceAll(/([-/.]) +/g, "$1");
  if (isOfZone === "later") {
    throw new InvalidRowError(
      `the date has a time of day in another zone, which may be of another day: ${quoted(text)}`,
    );
  }
  const parts =
    /^(?<y>\d{4})([-/.])(?<m>\d{1,2})\2(?<d>\d{1,2})\.?$/.exec(date) ??
    /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/.exec(date) ??
    /^(?<y>\d{4})년 ?(?<m>\d{1,2})월 ?(?<d>\d{1,2})일$/.exec(date) ??
    /^(?<m>[a-z]{3,9})\.? (?<d>\d{1,2}),? (?<y>\d{4})$/i.exec(date) ??
    /^(?<d>\d{1,2})[- ](?<m>[a-z]{3,9})\.?[- ](?<y>\d{4})$/i.exec(date);
  if (parts !== null) return toIso(text, parts.groups!["y"]!, parts.groups!["m"]!, parts.groups!["d"]!);
  const short = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(date);
  if (short === null) throw notADay(text);
  const [, first, , second, year] = short as unknown as [string, string, string, string, string];
  const known =
    order ?? (Number(first) > 12 ? "dmy" : Number(second) > 12 || Number(first) === Number(second) ? "mdy" : null);
  if (known === null) {
    throw new InvalidRowError(
      `the date ${quoted(text)} can be read in two ways: say which with day_order=dmy (day first) or day_order=mdy (month first)`,
    );
  }
  return known === "dmy" ? toIso(text, year, second, first) : toIso(text, year, first, second);
}

/** Midnight in a zone means the day as written. Any other time with a zone may belong to another day elsewhere. */
function withoutTime(text: string): { readonly date: string; readonly isOfZone: "none" | "midnight" | "later" } {
  const match = /^(.*\d)[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: ?(?:[ap]m))?( ?Z| ?UTC| ?[+-]\d{2}:?\d{2})?$/i.exec(
    text,
  );
  if (match === null) return { date: text, isOfZone: "none" };
  const [, date, time, zone] = match;
  if (zone === undefined) return { date: date!, isOfZone: "none" };
  return { date: date!, isOfZone: /^[0:.]+$/.test(time!) ? "midnight" : "later" };
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function toIso(text: string, year: string, month: string, day: string): string {
  const number = /^\d/.test(month) ? Number(month) : months.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  const iso = `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (!isIsoDay(iso)) throw notADay(text);
  return iso;
}

function notADay(text: string): InvalidRowError {
  const hint = /^\d{5}$/.test(text) ? " (a serial number of a spreadsheet: write days as text)" : "";
  return new InvalidRowError(`the date is not a calendar day written as YYYY-MM-DD: ${quoted(text)}${hint}`);
}

function isIsoDay(text: string): boolean {
  try {
    toDay(text);
    // PostgreSQL has no year 0.
    return !text.startsWith("0000");
  } catch {
    return false;
  }
}
