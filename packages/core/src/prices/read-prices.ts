import type { PriceRow } from "@strategy-executor/db";
import type { BarColumn } from "../market/bars.ts";
import { DomainError } from "../common/domain-error.ts";
import { type CsvFile, InvalidRowError, quoted, refused } from "./csv/csv-file.ts";
import { parseDay } from "./csv/parse-day.ts";
import { isBlank, parseNumber, parseVolume } from "./csv/parse-number.ts";
import { findPriceColumns, headerRows, type PriceColumns, type TickerColumns } from "./csv/price-columns.ts";
import type { Layout } from "./csv/layout.ts";
import { readRecords, type RecordReader } from "./csv/read-records.ts";
import { priceProblem } from "./price-limits.ts";
import { isTicker } from "./schemas.ts";

/** A CSV file of prices. */
export interface PriceFile extends CsvFile {
  /** Ticker of a file that has no ticker column. */
  readonly ticker?: string | undefined;
  /** Called for each day of a ticker that the file has a row but no price of. */
  readonly onBlankDay?: ((ticker: string, day: string) => void) | undefined;
  /** Called once when the file has no adjusted closes, so its closes are used instead. */
  readonly onUnadjusted?: (() => void) | undefined;
  /** Called for a row that cannot be a price, which is then skipped. When absent, such a row is an error. */
  readonly onBadRow?: ((reason: string) => void) | undefined;
}

/**
 * Reads prices from the bytes of a CSV file: rows of `date,ticker,close,adj_close`, with open, high, low and volume where they
 * are there, or a file of one ticker that is given. Columns are found by their names in the header, in any order and as common
 * downloads spell them; others are ignored. Days of a ticker may ascend or descend. Holds one chunk of the file and the last day
 * of each ticker in memory, so a file may have any size and its tickers may alternate.
 * @throws DomainError `invalid` with file, line and reason at the first row that cannot be a price, or whose day does not
 * follow the one before it of the same ticker; and when there is no row at all.
 */
export async function* readPrices(csv: AsyncIterable<Uint8Array>, file: PriceFile): AsyncGenerator<PriceRow> {
  if (file.ticker !== undefined && !isTicker(file.ticker)) {
    throw new DomainError("invalid", `${file.name}: ${quoted(file.ticker)} is not a ticker`);
  }
  yield* readRecords(csv, file, (layout) => rowReader(file, layout));
}

/** Tracking this many takes about 50 MB, and publishing them less than a second. The United States have 12,000 tickers. */
const maxTickers = 50_000;

function rowReader(file: PriceFile, layout: Layout): RecordReader<PriceRow> {
  const days = orderOfDays();
  const headers: (readonly string[])[] = [];
  let columns: PriceColumns | null = null;
  let format = layout;
  let headerLine: number | undefined;
  let hasRows = false;

  const readHeader = (record: readonly string[], line: number): void => {
    headers.push(record);
    headerLine ??= line;
    if (headers.length < headerRows(headers)) return;
    columns = findColumns();
    if (columns.isUnadjusted) file.onUnadjusted?.();
    format = {
      ...layout,
      ...(layout.dayOrder === null && columns.isMonthFirst && { dayOrder: "mdy" }),
      ...(layout.decimal === null && columns.isPointDecimal && { decimal: "point" }),
    };
  };

  const findColumns = (): PriceColumns => {
    try {
      return findPriceColumns(headers, file.ticker);
    } catch (error) {
      throw error instanceof InvalidRowError ? refused(file, headerLine!, error.message) : error;
    }
  };

  const readRow = (record: readonly string[], places: PriceColumns): PriceRow | readonly PriceRow[] | null => {
    ensureLength(record, headers[0]!.length);
    if (places.tickers.length > 1) return places.tickers.flatMap((one) => toFollowing(record, places, one) ?? []);
    return toFollowing(record, places, places.tickers[0]!);
  };

  const toFollowing = (record: readonly string[], places: PriceColumns, one: TickerColumns): PriceRow | null => {
    const row = toRow(record, places, one, format);
    if (!days.isKnown(row.ticker) && !isTicker(row.ticker))
      throw new InvalidRowError(`${quoted(row.ticker)} is not a ticker`);
    if (row.adjClose === null) {
      // A row with several tickers is blank for those that were not traded that day.
      if (places.tickers.length === 1) file.onBlankDay?.(row.ticker, row.day);
      return null;
    }
    days.follow(row.ticker, row.day);
    return row as PriceRow;
  };

  return {
    read(record, line) {
      if (columns === null) {
        readHeader(record, line);
        return null;
      }
      hasRows = true;
      try {
        return readRow(record, columns);
      } catch (error) {
        if (file.onBadRow === undefined || !(error instanceof InvalidRowError)) throw error;
        file.onBadRow(`line ${line}: ${error.message}`);
        return null;
      }
    },
    end() {
      if (headers.length === 0) throw new InvalidRowError("the file is empty");
      if (columns === null) findColumns();
      if (!hasRows) throw new InvalidRowError("no row follows the header");
    },
  };
}

/** A row that may have no price. */
type Draft = { -readonly [Field in keyof Omit<PriceRow, "adjClose">]: PriceRow[Field] } & { adjClose: number | null };

function toRow(record: readonly string[], places: PriceColumns, one: TickerColumns, format: Layout): Draft {
  // The same name may be written in several ways in Unicode.
  const ticker = (one.ticker ?? record[places.ticker!]!).normalize();
  // `NA` and `NAN` are tickers; these are what programs write for none.
  if (ticker === "" || /^#?n\/a$/i.test(ticker)) throw new InvalidRowError("the ticker is missing");
  const day = parseDay(record[places.date]!, format.dayOrder);
  const [close, adjClose] = [one.close === null ? "" : record[one.close]!, record[one.adjClose]!];
  const isUnknown = isBlank(adjClose) && isBlank(close);
  const row: Draft = {
    ticker,
    day,
    close: isBlank(close) ? null : toPrice("close", close, format),
    adjClose: isUnknown ? null : toPrice("adj_close", adjClose, format),
  };
  for (const [column, place] of one.bars) row[column] = toBarValue(column, record[place]!, format);
  return row;
}

function toPrice(column: string, text: string, { decimal }: Layout): number {
  if (text === "") throw new InvalidRowError(`${column} is missing`);
  const price = parseNumber(column, text, decimal);
  const problem = priceProblem(price);
  if (problem !== null) throw new InvalidRowError(`${column} ${problem}: ${quoted(text)}`);
  return price;
}

/** Old bars of some sources have 0 for an open, high or low that is not known. */
function toBarValue(column: BarColumn, text: string, { decimal }: Layout): number | null {
  if (isBlank(text)) return null;
  const value = column === "volume" ? parseVolume(text, decimal) : parseNumber(column, text, decimal);
  if (value < 0) throw new InvalidRowError(`${column} is negative: ${quoted(text)}`);
  return value === 0 && column !== "volume" ? null : value;
}

/** Blank fields at the end are what spreadsheets add. */
function ensureLength(record: readonly string[], length: number): void {
  if (record.length === length) return;
  if (record.length > length && record.slice(length).every((field) => field === "")) return;
  throw new InvalidRowError(`${record.length} fields, another number than in the header`);
}

/** The last day of each ticker. All days of a ticker ascend, or all descend. */
function orderOfDays() {
  const states = new Map<string, { day: string; direction: -1 | 0 | 1 }>();
  return {
    isKnown: (ticker: string): boolean => states.has(ticker),
    /** @throws InvalidRowError for a day that does not follow the one before of its ticker */
    follow(ticker: string, day: string): void {
      const last = states.get(ticker);
      if (last === undefined) {
        if (states.size === maxTickers) throw new InvalidRowError(`more than ${maxTickers} tickers`);
        states.set(ticker, { day, direction: 0 });
        return;
      }
      if (day === last.day) throw new InvalidRowError(`${ticker} has ${day} twice`);
      const direction = day > last.day ? 1 : -1;
      if (last.direction === 0) last.direction = direction;
      if (last.direction !== direction) {
        const way = direction === 1 ? "descended" : "ascended";
        throw new InvalidRowError(`${ticker} has ${day} after ${last.day}: its days ${way} so far`);
      }
      last.day = day;
    },
  };
}
