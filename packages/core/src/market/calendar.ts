const millisecondsPerDay = 86_400_000;

/**
 * The number of an ISO day (`2010-01-29`): whole days since 1970-01-01. Long lists of days are kept as such numbers. Throws a
 * RangeError when the text is not a day of the calendar.
 */
export function toDay(iso: string): number {
  const day = Date.parse(`${iso}T00:00:00Z`) / millisecondsPerDay;
  if (!Number.isInteger(day) || toIsoDay(day) !== iso) throw new RangeError(`Not an ISO day: ${iso}`);
  return day;
}

/** The ISO form of a day number. */
export function toIsoDay(day: number): string {
  const date = new Date(day * millisecondsPerDay);
  return isoDay(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}

/** The ISO forms of the days from row `first` to row `last`, both included, given the months of all days. */
export function toIsoDays(days: Int32Array, months: readonly CalendarMonth[], first: number, last: number): string[] {
  const isoDays: string[] = [];
  for (const { year, month, firstRow, lastRow } of months) {
    if (lastRow < first || firstRow > last) continue;
    const lastOfMonthBefore = Date.UTC(year, month, 0) / millisecondsPerDay;
    for (let row = Math.max(firstRow, first); row <= Math.min(lastRow, last); row += 1) {
      isoDays.push(isoDay(year, month, days[row]! - lastOfMonthBefore));
    }
  }
  return isoDays;
}

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

function isoDay(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${twoDigits(month + 1)}-${twoDigits(day)}`;
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
