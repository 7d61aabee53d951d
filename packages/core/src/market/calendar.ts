const millisecondsPerDay = 86_400_000;

/**
 * The number of an ISO day (`2010-01-29`): whole days since 1970-01-01. Long lists of days are kept as such numbers. Throws a
 * RangeError when the text is not a day of the calendar.
 */
export function toDay(iso: string): number {
  const [year, month, day] = [digitsAt(iso, 0, 4), digitsAt(iso, 5, 2), digitsAt(iso, 8, 2)];
  const isWritten = iso.length === 10 && iso[4] === "-" && iso[7] === "-" && year >= 0 && month >= 1 && month <= 12;
  if (!isWritten || !(day >= 1 && day <= daysInMonth(year, month))) throw new RangeError(`Not an ISO day: ${iso}`);
  return dayNumber(year, month, day);
}

/** The ISO form of a day number. */
export function toIsoDay(day: number): string {
  // Civil from days (H. Hinnant, chrono-compatible low-level date algorithms, 2013): years begin in March, eras have 400.
  const sinceEra = day + 719_468;
  const era = Math.floor(sinceEra / 146_097);
  const dayOfEra = sinceEra - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return isoDay(year, month, dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1);
}

/** The ISO forms of a list of days. Memoized by array, because many executions share one. */
export const isoDays = memoized((days: Int32Array): readonly string[] => Array.from(days, toIsoDay));

/** Whether a day number is a Monday, Tuesday, ... or Friday. */
export function isWeekday(day: number): boolean {
  // 1970-01-01 was a Thursday.
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  return sinceMonday < 5;
}

/** A calendar month with stored days. Rows are indices into the list of days. */
export interface CalendarMonth {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly firstRow: number;
  /** The month-end, once the month has ended. */
  readonly lastRow: number;
  /** Whether an earlier month is stored, or no weekday of this one precedes its first stored day. */
  readonly fromStart: boolean;
  /** Whether a later month is stored, or no session of this one follows its last stored day. */
  readonly hasEnded: boolean;
}

/**
 * The months of all stored days (day numbers, oldest first). Months without a stored day are left out. `nextSession` is the
 * first trading day after the last stored one; the next weekday when absent. Memoized by array, because many executions
 * share one.
 */
export function calendarMonths(days: Int32Array, nextSession = nextWeekday(days.at(-1) ?? 0, 1)) {
  const known = monthsByDays.get(days);
  if (known?.nextSession === nextSession) return known.months;
  const months = findMonths(days, nextSession);
  monthsByDays.set(days, { nextSession, months });
  return months;
}

const monthsByDays = new WeakMap<
  Int32Array,
  { readonly nextSession: number; readonly months: readonly CalendarMonth[] }
>();

/** The weekday after a day, or before it. */
export function nextWeekday(day: number, step: 1 | -1): number {
  let next = day + step;
  while (!isWeekday(next)) next += step;
  return next;
}

function findMonths(days: Int32Array, nextSession: number): readonly CalendarMonth[] {
  const months: CalendarMonth[] = [];
  for (let firstRow = 0, row = 0; firstRow < days.length; firstRow = row) {
    const date = new Date(days[firstRow]! * millisecondsPerDay);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const thisMonth = Date.UTC(year, month) / millisecondsPerDay;
    const nextMonth = Date.UTC(year, month + 1) / millisecondsPerDay;
    while (row < days.length && days[row]! < nextMonth) row += 1;
    months.push({
      year,
      month,
      firstRow,
      lastRow: row - 1,
      fromStart: firstRow > 0 || nextWeekday(days[0]!, -1) < thisMonth,
      hasEnded: row < days.length || nextSession >= nextMonth,
    });
  }
  return months;
}

/** The rows of the month-ends: the last stored day of every ended month. Memoized like the months. */
export const monthEnds = memoized((months: readonly CalendarMonth[]): readonly number[] =>
  months.filter(({ hasEnded }) => hasEnded).map(({ lastRow }) => lastRow),
);

/** The calendar years whose trading days are all stored, with their first and last months. Memoized like the months. */
export const wholeYears = memoized(findWholeYears);

export interface WholeYear {
  readonly year: number;
  readonly january: CalendarMonth;
  readonly december: CalendarMonth;
}

function findWholeYears(months: readonly CalendarMonth[]): readonly WholeYear[] {
  return [...Map.groupBy(months, ({ year }) => year)].flatMap(([year, ofYear]) => {
    const [january, december] = [ofYear[0]!, ofYear.at(-1)!];
    const isWhole = january.month === 0 && january.fromStart && december.month === 11 && december.hasEnded;
    return isWhole ? [{ year, january, december }] : [];
  });
}

/** The first day of the month that is so many months after the one of `day`. */
export function firstOfMonth(day: number, months: number): number {
  const date = new Date(day * millisecondsPerDay);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months) / millisecondsPerDay;
}

/**
 * The rows of the week-ends: the last stored day of every week, Monday to Sunday, that has ended, because a later week is
 * stored or no session of it follows. `nextSession` as for `calendarMonths`.
 */
export function weekEnds(days: Int32Array, nextSession = nextWeekday(days.at(-1) ?? 0, 1)): readonly number[] {
  return Array.from(days.keys()).filter((row) => weekOf(days[row + 1] ?? nextSession) !== weekOf(days[row]!));
}

/** How many of the ascending numbers are at most `limit`. */
export function countUpTo(ascending: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Weeks counted from the Monday before 1970-01-01, which was a Thursday. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

/** The number of a day of the Gregorian calendar, year 0 and later; 1 is January. */
function dayNumber(year: number, month: number, day: number): number {
  // Days from civil, the inverse of what `toIsoDay` does.
  const fromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(fromMarch / 400);
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number that a text has at an index; NaN when not all of it are digits. */
function digitsAt(text: string, start: number, count: number): number {
  let number = 0;
  for (let index = start; index < start + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** 1 is January. */
function isoDay(year: number, month: number, day: number): string {
  return `${year >= 1000 ? year : String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** Computes a value once per object, for the lifetime of the object. */
function memoized<Key extends object, Found>(find: (key: Key) => Found): (key: Key) => Found {
  const found = new WeakMap<Key, Found>();
  return (key) => {
    if (!found.has(key)) found.set(key, find(key));
    return found.get(key) as Found;
  };
}
