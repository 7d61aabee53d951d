import { createHash } from "node:crypto";
import { alignBars, type BarColumn, barColumns, type Bars } from "./bars.ts";
import { calendarMonths, countUpTo, nextWeekday, toDay, toIsoDay } from "./calendar.ts";
import type { DataSeries } from "./data-series.ts";
import type { PriceWarningKind } from "./price-warning.ts";

/** Source of prices: computed from a seed, or stored in the database (provider or file name by ticker). */
export type PriceSource =
  | { readonly kind: "synthetic"; readonly seed: number }
  | {
      readonly kind: "stored";
      readonly origins: Readonly<Record<string, string>>;
      /** The warnings of the imports, by ticker in the order of days. Absent: not known. */
      readonly warnings?: readonly TickerWarning[];
    };

/** A warning about the prices of a ticker. */
interface TickerWarning {
  readonly ticker: string;
  readonly kind: PriceWarningKind;
  /** ISO day on which it shows. */
  readonly day: string;
  readonly message: string;
}

/** The stored prices of one ticker: days ascending, one positive adjusted close each. */
export interface PriceSeries {
  readonly ticker: string;
  /** Day numbers (days since 1970-01-01) or ISO days, oldest first. */
  readonly days: Int32Array | readonly string[];
  readonly closes: Float64Array;
  /** Columns of its bars, one value for each day. Absent: only closes are known. */
  readonly bars?: Bars;
}

/**
 * Adjusted closes of several tickers on one calendar. Plain data, of stored prices over shared memory: passing such a table to
 * another thread copies none of its numbers.
 */
export interface PriceTable {
  /** Every day on which any of the tickers has a price, as day numbers, oldest first. A row is an index into it. */
  readonly days: Int32Array;
  readonly tickers: readonly string[];
  /** One column per ticker. NaN outside its first and last row; between them a missing day repeats the close before it. */
  readonly closes: readonly Float64Array[];
  /** The row of each ticker's first stored day. */
  readonly firstRows: readonly number[];
  /** The row of each ticker's last stored day. */
  readonly lastRows: readonly number[];
  /** By ticker, the requested columns of its bars, as far as known. Values by row; see `alignBars`. */
  readonly bars: readonly Bars[];
  /** The requested data series, as far as known. */
  readonly series: readonly DataSeries[];
  /** The first day after the last one on which any of the exchanges trades. */
  readonly nextSession: number;
  /** Days of the last stored month on which an exchange did not follow its rules, as text. */
  readonly exceptions: readonly string[];
  readonly source: PriceSource;
}

/** When the exchanges of a table's tickers trade. */
export interface TradingCalendar {
  /** The first day after this one on which any of them trades. */
  nextSession(day: number): number;
  /** Days from one up to and including another on which one of them does not follow its rules, as text, in a fixed order. */
  exceptions(from: number, to: number): readonly string[];
}

/** The data a run needs besides closes. */
export interface Extras {
  readonly bars: readonly BarColumn[];
  readonly series: readonly string[];
}

/** The prices of a service. `load` returns the tickers that are stored, with the requested extras that are known; others are left out. */
export interface Market {
  load(tickers: readonly string[], extras?: Extras): Promise<PriceTable>;
}

/** Every weekday is a trading day. */
const everyWeekday: TradingCalendar = { nextSession: (day) => nextWeekday(day, 1), exceptions: () => [] };

/** Aligns the prices on the union of their days. Throws a RangeError for prices that are empty, unordered or not positive. */
export function priceTable(
  series: readonly PriceSeries[],
  source: PriceSource,
  dataSeries: readonly DataSeries[] = [],
  calendar: TradingCalendar = everyWeekday,
): PriceTable {
  const ownDays = series.map(({ ticker, days, closes }) => {
    const numbers = days instanceof Int32Array ? days : Int32Array.from(days, toDay);
    ensureUsable(ticker, numbers, closes);
    return numbers;
  });
  const days = interned(union(ownDays));
  // Stored prices go to all threads. Synthetic ones stay in the thread that made them, as they are.
  const isReady = source.kind === "synthetic" && ownDays.every((own) => own.length === days.length);
  const closes = isReady ? series.map((one) => one.closes) : alignCloses(series, ownDays, days);
  const bars = series.map(({ bars: stored = {} }, index) => alignBars(stored, ownDays[index]!, days, closes[index]!));
  const lastDay = days.at(-1) ?? 0;
  return {
    days,
    tickers: series.map(({ ticker }) => ticker),
    closes,
    firstRows: ownDays.map((own) => countUpTo(days, own[0]!) - 1),
    lastRows: ownDays.map((own) => countUpTo(days, own[own.length - 1]!) - 1),
    bars,
    series: dataSeries,
    nextSession: calendar.nextSession(lastDay),
    exceptions: calendar.exceptions(...monthOf(lastDay)),
    source,
  };
}

/**
 * SHA-256, in hexadecimal, of the prices up to and including row `lastRow`: everything that a backtest ending there can
 * have used. Numbers are little-endian. The bytes are the number of rows n as text and a line feed; the n days as
 * 32-bit integers (days since 1970-01-01); then for each ticker, in code-unit order of the names, its name, a space, the
 * row of its first price and a line feed, followed by its adjusted closes from that row on as 64-bit floats, and for each of
 * its columns of bars, in the order open, high, low, volume, the column's name and a line feed, followed by its values from
 * that row on. Last, for each data series in the order of its name: the name, a space, the number of its values known by the
 * last day and a line feed, followed by their days and the days they became known as 32-bit integers, and the values. Where
 * the last stored month is among the rows, days of it on which an exchange did not follow its rules follow, a line feed before each.
 */
export function fingerprint(table: PriceTable, lastRow: number): string {
  const ofTable = fingerprints.get(table) ?? new Map<number, string>();
  fingerprints.set(table, ofTable);
  const known = ofTable.get(lastRow) ?? computeFingerprint(table, lastRow);
  ofTable.set(lastRow, known);
  return known;
}

/** Memoized, because tables do not change and hashing one takes longer than running most strategies on it. */
const fingerprints = new WeakMap<PriceTable, Map<number, string>>();

function computeFingerprint(table: PriceTable, lastRow: number): string {
  const rows = lastRow + 1;
  const hash = createHash("sha256")
    .update(`${rows}\n`)
    .update(bytes(table.days.subarray(0, rows)));
  for (const ticker of table.tickers.toSorted(byCodeUnit)) {
    const column = table.tickers.indexOf(ticker);
    const firstRow = Math.min(table.firstRows[column]!, rows);
    hash.update(`${ticker} ${firstRow}\n`).update(bytes(table.closes[column]!.subarray(firstRow, rows)));
    for (const name of barColumns) {
      const values = table.bars[column]![name];
      if (values !== undefined) hash.update(`${name}\n`).update(bytes(values.subarray(firstRow, rows)));
    }
  }
  for (const { name, days, knownOn, values } of table.series.toSorted((a, b) => byCodeUnit(a.name, b.name))) {
    const known = Array.from(days.keys()).filter((index) => knownOn[index]! <= table.days[lastRow]!);
    hash
      .update(`${name} ${known.length}\n`)
      .update(bytes(Int32Array.from(known, (index) => days[index]!)))
      .update(bytes(Int32Array.from(known, (index) => knownOn[index]!)))
      .update(bytes(Float64Array.from(known, (index) => values[index]!)));
  }
  if (lastRow >= (calendarMonths(table.days, table.nextSession).at(-1)?.firstRow ?? 0)) {
    for (const exception of table.exceptions) hash.update(`\n${exception}`);
  }
  return hash.digest("hex");
}

/** The first and the last day of the month of a day. */
function monthOf(day: number): [first: number, last: number] {
  const [year, month] = toIsoDay(day).split("-").map(Number) as [number, number];
  const millisecondsPerDay = 86_400_000;
  return [Date.UTC(year, month - 1) / millisecondsPerDay, Date.UTC(year, month, 0) / millisecondsPerDay];
}

function ensureUsable(ticker: string, days: Int32Array, closes: Float64Array): void {
  if (days.length === 0) throw new RangeError(`${ticker}: no prices`);
  if (days.length !== closes.length) throw new RangeError(`${ticker}: ${days.length} days but ${closes.length} closes`);
  for (let index = 0; index < days.length; index += 1) {
    if (index > 0 && days[index]! <= days[index - 1]!) {
      throw new RangeError(`${ticker}: ${toIsoDay(days[index]!)} does not follow ${toIsoDay(days[index - 1]!)}`);
    }
    if (!(closes[index]! > 0 && closes[index]! < Infinity)) {
      throw new RangeError(`${ticker}: close of ${toIsoDay(days[index]!)} is not a positive number: ${closes[index]}`);
    }
  }
}

/** Calendars of the last tables. Tables with the same days share one, and with it everything that is memoized by it. */
const recentCalendars: Int32Array[] = [];
const maxRecentCalendars = 4;

function interned(days: Int32Array): Int32Array {
  const index = recentCalendars.findIndex((known) => known === days || isEqual(known, days));
  const calendar = index === -1 ? days : recentCalendars.splice(index, 1)[0]!;
  recentCalendars.push(calendar);
  if (recentCalendars.length > maxRecentCalendars) recentCalendars.shift();
  return calendar;
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function union(calendars: readonly Int32Array[]): Int32Array {
  if (calendars.length > 0 && calendars.every((days) => days === calendars[0])) return sharedCopy(calendars[0]!);
  const first = Math.min(...calendars.map((days) => days[0]!));
  const last = Math.max(...calendars.map((days) => days.at(-1)!));
  const present = new Uint8Array(calendars.length === 0 ? 0 : last - first + 1);
  let count = 0;
  for (const days of calendars) {
    for (const day of days) {
      if (present[day - first] === 0) count += 1;
      present[day - first] = 1;
    }
  }
  const days = new Int32Array(new SharedArrayBuffer(count * 4));
  for (let offset = 0, row = 0; offset < present.length; offset += 1) {
    if (present[offset] === 1) days[row++] = first + offset;
  }
  return days;
}

function sharedCopy(days: Int32Array): Int32Array {
  const known = recentCalendars.find((calendar) => isEqual(calendar, days));
  if (known !== undefined) return known;
  const copy = new Int32Array(new SharedArrayBuffer(days.byteLength));
  copy.set(days);
  return copy;
}

/** The closes of each series on all days, NaN before its first; gaps repeat the close before. */
function alignCloses(series: readonly PriceSeries[], ownDays: readonly Int32Array[], days: Int32Array): Float64Array[] {
  const matrix = new Float64Array(new SharedArrayBuffer(series.length * days.length * 8)).fill(Number.NaN);
  return series.map(({ closes }, index) => {
    const column = matrix.subarray(index * days.length, (index + 1) * days.length);
    const own = ownDays[index]!;
    if (own.length === days.length) column.set(closes);
    else {
      const firstRow = countUpTo(days, own[0]!) - 1;
      const lastRow = countUpTo(days, own[own.length - 1]!) - 1;
      for (let row = firstRow, next = 0; row <= lastRow; row += 1) {
        if (own[next] === days[row]) next += 1;
        column[row] = closes[next - 1]!;
      }
    }
    return column;
  });
}

function bytes(numbers: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
