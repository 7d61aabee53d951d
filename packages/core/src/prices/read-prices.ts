import { pipeline } from "node:stream/promises";
import { type BarColumn, barColumns, type PriceRow } from "@strategy-executor/db";
import { CsvError, parse } from "csv-parse";
import { toDay } from "../market/calendar.ts";
import { DomainError } from "../common/domain-error.ts";
import { isTicker } from "./schemas.ts";

/** A CSV file of prices. */
export interface PriceFile {
  /** For messages: `etf-daily.csv`. */
  readonly name: string;
  /** Ticker of a file that has no ticker column. */
  readonly ticker?: string | undefined;
}

/**
 * Reads prices from the bytes of a CSV file: rows of `date,ticker,close,adj_close`, or, with the ticker given, of
 * `date,open,high,low,close,adj_close,volume`. Columns are found by their names in the header, in any order and common
 * spelling (`Adj Close`); others are ignored; `close` may be blank. Holds one chunk of the file and the last day of each
 * ticker in memory, so a file may have any size and its tickers may alternate.
 * @throws DomainError `invalid` with file, line and reason at the first row that cannot be a price, or whose day does not
 * follow the one before it of the same ticker; and when there is no row at all.
 */
export async function* readPrices(csv: AsyncIterable<Uint8Array>, file: PriceFile): AsyncGenerator<PriceRow> {
  const reader = rowReader(file);
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: maxRowLength,
    // Checked here, not in the loop below, so that the first error in the file is reported however its bytes arrive.
    on_record: (record, { lines }) => reader.read(record, lines) as unknown as ParsedType,
  });
  // A failure of either stream reaches the loop as an error of the parser.
  void pipeline(csv, parser).catch(() => undefined);
  try {
    for await (const row of parser as AsyncIterable<PriceRow>) yield row;
  } catch (error) {
    throw error instanceof CsvError ? refused(file, Number(error["lines"]), explain(error)) : error;
  }
  reader.ensureRead();
}

/** csv-parse gives the output of `on_record` the type of its input, but passes it on unchanged. */
type ParsedType = string[] | null;

/** Characters. A longer row has another format, or an unclosed quote. */
const maxRowLength = 10_000;

/** Tracking this many takes about 50 MB, and publishing them less than a second. The United States have 12,000 tickers. */
const maxTickers = 50_000;

/** Indices of the columns. */
interface Columns {
  readonly date: number;
  readonly ticker: number | null;
  readonly close: number;
  readonly adjClose: number;
  readonly bars: readonly (readonly [BarColumn, number])[];
}

/** Why a row is invalid, without its file and line. */
class InvalidRowError extends Error {
  override readonly name = "InvalidRowError";
}

function rowReader(file: PriceFile) {
  const lastDays = new Map<string, string>();
  let columns: Columns | null = null;
  if (file.ticker !== undefined && !isTicker(file.ticker)) {
    throw new DomainError("invalid", `${file.name}: ${quoted(file.ticker)} is not a ticker`);
  }
  return {
    /** The row, or null for the header. */
    read(record: readonly string[], line: number): PriceRow | null {
      try {
        if (columns === null) {
          columns = findColumns(record, file.ticker);
          return null;
        }
        const row = toRow(record, columns, file.ticker);
        ensureFollows(row, lastDays);
        return row;
      } catch (error) {
        throw error instanceof InvalidRowError ? refused(file, line, error.message) : error;
      }
    },
    ensureRead(): void {
      if (columns === null) throw refused(file, 1, "the file is empty");
      if (lastDays.size === 0) throw refused(file, 1, "no row follows the header");
    },
  };
}

function findColumns(header: readonly string[], ticker: string | undefined): Columns {
  const names = header.map((name) => name.toLowerCase().replaceAll(/[\s._*-]/g, ""));
  const find = (column: string, ...spellings: string[]) => {
    const places = names.flatMap((name, index) => (spellings.includes(name) ? index : []));
    if (places.length > 1) throw new InvalidRowError(`the column ${column} is there twice`);
    return places[0] ?? null;
  };
  const need = (column: string, place: number | null) => {
    if (place === null)
      throw new InvalidRowError(`the column ${column} is missing from the header ${quoted(header.join())}`);
    return place;
  };
  const tickerPlace = find("ticker", "ticker", "symbol");
  const columns = {
    date: need("date", find("date", "date")),
    ticker: tickerPlace,
    close: need("close", find("close", "close")),
    adjClose: need("adj_close", find("adj_close", "adjclose", "adjustedclose")),
    bars: barColumns.flatMap((column) => {
      const place = column === "volume" ? find(column, "volume", "vol") : find(column, column);
      return place === null ? [] : [[column, place] as const];
    }),
  };
  if (ticker !== undefined && tickerPlace !== null) {
    throw new InvalidRowError("the file has a column ticker, so it is loaded without naming one (--ticker)");
  }
  if (ticker === undefined && tickerPlace === null) {
    throw new InvalidRowError("the file has no column ticker, so its ticker must be named (--ticker SPY)");
  }
  return columns;
}

function toRow(record: readonly string[], columns: Columns, given: string | undefined): PriceRow {
  const ticker = given ?? record[columns.ticker!]!;
  if (ticker === "") throw new InvalidRowError("the ticker is missing");
  if (given === undefined && !isTicker(ticker)) throw new InvalidRowError(`${quoted(ticker)} is not a ticker`);
  const day = record[columns.date]!;
  if (!isIsoDay(day)) throw new InvalidRowError(`the date is not a calendar day written as YYYY-MM-DD: ${quoted(day)}`);
  const close = record[columns.close]!;
  const row: { -readonly [Field in keyof PriceRow]: PriceRow[Field] } = {
    ticker,
    day,
    close: close === "" ? null : toPrice("close", close),
    adjClose: toPrice("adj_close", record[columns.adjClose]!),
  };
  for (const [column, place] of columns.bars) row[column] = toBarValue(column, record[place]!);
  return row;
}

/** Old bars of some sources have 0 for an open, high or low that is not known. */
function toBarValue(column: BarColumn, text: string): number | null {
  if (text === "") return null;
  const value = toNumber(column, text.replaceAll(",", ""));
  if (value < 0) throw new InvalidRowError(`${column} is negative: ${quoted(text)}`);
  return value === 0 && column !== "volume" ? null : value;
}

function toPrice(column: string, text: string): number {
  if (text === "") throw new InvalidRowError(`${column} is missing`);
  const price = toNumber(column, text);
  if (!(price > 0)) throw new InvalidRowError(`${column} is not positive: ${quoted(text)}`);
  return price;
}

function toNumber(column: string, text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new InvalidRowError(`${column} is not a number: ${quoted(text)}`);
  const number = Number(text);
  if (!Number.isFinite(number)) throw new InvalidRowError(`${column} is too large: ${quoted(text)}`);
  return number;
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

function ensureFollows({ ticker, day }: PriceRow, lastDays: Map<string, string>): void {
  const last = lastDays.get(ticker);
  if (last === day) throw new InvalidRowError(`${ticker} has ${day} twice`);
  if (last !== undefined && day < last)
    throw new InvalidRowError(`${ticker} has ${day} after ${last}: days must ascend`);
  if (last === undefined && lastDays.size === maxTickers) throw new InvalidRowError(`more than ${maxTickers} tickers`);
  lastDays.set(ticker, day);
}

function refused(file: PriceFile, line: number, reason: string): DomainError {
  return new DomainError("invalid", `${file.name}, line ${line}: ${reason}`);
}

function explain(error: CsvError): string {
  switch (error.code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `${(error["record"] as string[]).length} fields, another number than in the header`;
    case "CSV_MAX_RECORD_SIZE":
      return `the row is longer than ${maxRowLength} characters`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is opened and never closed";
    default:
      return "a quote stands where none may be";
  }
}

/** Quotes text of the file for a message: short, and on one line. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
