import * as gazette from "@hyunbinseo/holidays-kr/all";
import { isWeekday, toDay, toIsoDay } from "../market/calendar.ts";
import type { ExchangeRules } from "./exchange.ts";

const holidays = new Set(Object.values(gazette).flatMap((year) => Object.keys(year)));
const years = Object.keys(gazette).map((name) => Number(name.slice(1)));
const [firstKnown, lastKnown] = [`${Math.min(...years)}-01-01`, `${Math.max(...years)}-12-31`];

/**
 * The Korea Exchange: closed on public holidays, on 1 May and on the last weekday of the year. Public holidays are those
 * of the official gazette, which names them one to two years ahead. Before and after the years known there, every weekday
 * is a session.
 */
export const krx: ExchangeRules = {
  name: "XKRX",
  timeZone: "Asia/Seoul",
  horizon: toDay(lastKnown),
  close: "15:30",
  isHoliday(day) {
    const iso = toIsoDay(day);
    if (iso < firstKnown || iso > lastKnown) return false;
    return holidays.has(iso) || iso.endsWith("-05-01") || isLastWeekdayOfYear(day, iso);
  },
  unusualClose: (day) => (examDays.has(toIsoDay(day)) ? "16:30" : undefined),
};

/** The exchange opens and closes an hour later on the day of the university entrance exam. */
const examDays = new Set([
  "2018-11-15",
  "2019-11-14",
  "2020-12-03",
  "2021-11-18",
  "2022-11-17",
  "2023-11-16",
  "2024-11-14",
  "2025-11-13",
  "2026-11-19",
  "2027-11-18",
]);

function isLastWeekdayOfYear(day: number, iso: string): boolean {
  const lastOfYear = toDay(`${iso.slice(0, 4)}-12-31`);
  if (lastOfYear - day > 2) return false;
  let last = lastOfYear;
  while (!isWeekday(last)) last -= 1;
  return day === last;
}
