import { toDay } from "../market/calendar.ts";
import type { ExchangeRules } from "./exchange.ts";

/**
 * The New York Stock Exchange by its rule 7.2: a holiday on a Saturday is observed on the Friday before, except New Year,
 * and one on a Sunday on the Monday after. Good since 1993; https://www.nyse.com/markets/hours-calendars.
 */
export const nyse: ExchangeRules = {
  name: "XNYS",
  timeZone: "America/New_York",
  horizon: null,
  close: "16:00",
  isHoliday: (day) => ofYear(day).holidays.has(day),
  unusualClose: (day) => (ofYear(day).earlyCloses.has(day) ? "13:00" : undefined),
};

/** Closed for funerals of presidents, attacks and storms. */
const extraordinaryClosures = [
  "1994-04-27",
  "2001-09-11",
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11",
  "2007-01-02",
  "2012-10-29",
  "2012-10-30",
  "2018-12-05",
  "2025-01-09",
];

interface YearOfNyse {
  readonly holidays: ReadonlySet<number>;
  /** Days that close early if they are sessions. */
  readonly earlyCloses: ReadonlySet<number>;
}

const years = new Map<number, YearOfNyse>();

function ofYear(day: number): YearOfNyse {
  const year = new Date(day * millisecondsPerDay).getUTCFullYear();
  const known = years.get(year) ?? makeYear(year);
  years.set(year, known);
  return known;
}

function makeYear(year: number): YearOfNyse {
  const newYear = dayOf(year, 1, 1);
  const thanksgiving = nthWeekday(year, 11, thursday, 4);
  const holidays = [
    weekdayOf(newYear) === saturday ? newYear : observed(newYear),
    ...(year >= 1998 ? [nthWeekday(year, 1, monday, 3)] : []),
    nthWeekday(year, 2, monday, 3),
    easter(year) - 2,
    lastMondayOfMay(year),
    ...(year >= 2022 ? [observed(dayOf(year, 6, 19))] : []),
    observed(dayOf(year, 7, 4)),
    nthWeekday(year, 9, monday, 1),
    thanksgiving,
    observed(dayOf(year, 12, 25)),
    ...extraordinaryClosures.filter((iso) => iso.startsWith(`${year}-`)).map(toDay),
  ];
  return {
    holidays: new Set(holidays),
    earlyCloses: new Set([dayOf(year, 7, 3), thanksgiving + 1, dayOf(year, 12, 24)]),
  };
}

const millisecondsPerDay = 86_400_000;
const [sunday, monday, thursday, saturday] = [0, 1, 4, 6] as const;

/** Months count from 1. */
function dayOf(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / millisecondsPerDay;
}

function weekdayOf(day: number): number {
  return new Date(day * millisecondsPerDay).getUTCDay();
}

function observed(day: number): number {
  if (weekdayOf(day) === saturday) return day - 1;
  return weekdayOf(day) === sunday ? day + 1 : day;
}

function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7;
}

function lastMondayOfMay(year: number): number {
  const last = dayOf(year, 5, 31);
  return last - ((weekdayOf(last) - monday + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar (J. Meeus, Astronomical Algorithms, 1991, chapter 8). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const dayOfMonth = (h + l - 7 * m + 33 * month + 19) % 32;
  return dayOf(year, month, dayOfMonth);
}
