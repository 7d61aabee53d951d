import { asc, sql } from "drizzle-orm";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { priceTickers } from "../schema.ts";

/** Columns of bars besides the closes. */
export const barColumns = ["open", "high", "low", "volume"] as const;
export type BarColumn = (typeof barColumns)[number];

/** Something about the rows of a ticker that a careful user would want to know. */
export interface PriceWarning {
  readonly kind: string;
  /** ISO day on which it shows. */
  readonly day: string;
  /** A sentence without the ticker. */
  readonly message: string;
}

/** The rows held for a ticker. Days are ISO days, both included. */
export interface HeldTicker {
  readonly ticker: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly rows: number;
  /** File or provider of the rows. */
  readonly source: string;
  /** Exchange whose sessions decide whether its last month has ended. */
  readonly exchange: string;
  /** Columns of bars that the rows have a value of. */
  readonly bars: readonly BarColumn[];
  readonly warnings: readonly PriceWarning[];
}

/** A column of the stored prices that is read on request. */
export type PriceColumn = "close" | BarColumn;

/** The stored prices of one ticker: one adjusted close per trading day, oldest first. */
export interface TickerPrices {
  readonly ticker: string;
  readonly source: string;
  readonly exchange: string;
  /** Digest of the rows, in hexadecimal. */
  readonly sha256: string;
  /** Version of the rows. It changes exactly when the rows change. */
  readonly importId: number;
  /** Days since 1970-01-01, ascending. */
  readonly days: Int32Array;
  readonly closes: Float64Array;
  /** The requested columns, as they were traded. NaN means not known. */
  readonly columns: Readonly<Partial<Record<PriceColumn, Float64Array>>>;
  readonly warnings: readonly PriceWarning[];
}

/** Summary of a stored ticker, without its rows. */
export interface HeldVersion extends Pick<HeldTicker, "firstDay" | "lastDay" | "rows" | "source" | "exchange"> {
  /** Version of the rows. */
  readonly importId: number;
}

/** Summaries of those tickers that are stored, by ticker. */
export async function findHeldPrices(db: Db, tickers: readonly string[]): Promise<Map<string, HeldVersion>> {
  const rows = await db
    .select({
      ticker: priceTickers.ticker,
      importId: priceTickers.importId,
      firstDay: priceTickers.firstDay,
      lastDay: priceTickers.lastDay,
      rows: priceTickers.rows,
      source: priceTickers.source,
      exchange: priceTickers.exchange,
    })
    .from(priceTickers)
    .where(sql`${priceTickers.ticker} = any(${textArray(tickers)}::text::text[])`);
  return new Map(rows.map(({ ticker, ...held }) => [ticker, held]));
}

/** Lists all held tickers in alphabetical order. */
export async function listTickers(db: Db): Promise<HeldTicker[]> {
  const rows = await db
    .select({
      ticker: priceTickers.ticker,
      firstDay: priceTickers.firstDay,
      lastDay: priceTickers.lastDay,
      rows: priceTickers.rows,
      source: priceTickers.source,
      exchange: priceTickers.exchange,
      bars: priceTickers.bars,
      warnings: priceTickers.warnings,
    })
    .from(priceTickers)
    .orderBy(asc(priceTickers.ticker));
  return rows.map((row) => ({ ...row, bars: toBarColumns(row.bars) }));
}

/** The exchanges of those tickers that are held, by ticker. */
export async function exchangesOf(db: Db, tickers: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ ticker: priceTickers.ticker, exchange: priceTickers.exchange })
    .from(priceTickers)
    .where(sql`${priceTickers.ticker} = any(${textArray(tickers)}::text[])`);
  return new Map(rows.map(({ ticker, exchange }) => [ticker, exchange]));
}

/**
 * Loads the adjusted closes of the tickers in the given order, and the requested columns; skips tickers that are not stored.
 * A single statement sees an import either for all tickers or for none. Numbers travel as text, which PostgreSQL writes so that
 * floats read back exactly.
 */
export async function loadPrices(
  db: Db,
  tickers: readonly string[],
  columns: readonly PriceColumn[] = [],
): Promise<TickerPrices[]> {
  const wanted = textArray(tickers.filter(canBeStored));
  const asked = columns.map((column) => {
    const name = sql.identifier(column);
    return sql`, string_agg(coalesce(${name}, 'NaN')::text, ',' order by day) as ${name}`;
  });
  const rows = rowsOf<LoadedRow>(
    await db.execute(sql`
      select held.ticker, held.source, held.exchange, held.sha256, held.import_id, held.warnings, loaded.*
      from price_tickers held
      cross join lateral (
        select string_agg((day - date '1970-01-01')::text, ',' order by day) as days,
          string_agg(adj_close::text, ',' order by day) as closes${sql.join(asked)}
        from prices where prices.import_id = held.import_id and prices.ticker = held.ticker
      ) loaded
      where held.ticker = any(${wanted}::text::text[])
      order by array_position(${wanted}::text::text[], held.ticker)`),
  );
  return rows.map((row) => ({
    ticker: row.ticker,
    source: row.source,
    exchange: row.exchange,
    sha256: row.sha256,
    importId: Number(row.import_id),
    days: Int32Array.from(row.days.split(","), Number),
    closes: toNumbers(row.closes),
    columns: Object.fromEntries(columns.map((column) => [column, toNumbers(row[column]!)])),
    warnings: row.warnings,
  }));
}

/**
 * Version of the prices held for the tickers: it changes whenever `loadPrices` would return something else, and when an operator
 * sets a day of an exchange. Reads no prices.
 */
export async function priceVersion(db: Db, tickers: readonly string[]): Promise<string> {
  const wanted = textArray(tickers.filter(canBeStored));
  const rows = rowsOf<{ version: string | null }>(
    await db.execute(sql`
      select string_agg(ticker || ' ' || import_id || ' ' || exchange, ',' order by ticker) || coalesce((
        select string_agg(';' || exchange || ' ' || day || ' ' || session, '' order by exchange, day) from exchange_days
      ), '') as version
      from price_tickers where ticker = any(${wanted}::text::text[])`),
  );
  return rows[0]?.version ?? "";
}

/** The columns of a list by commas. Names that only a newer version knows are left out. */
export function toBarColumns(text: string): BarColumn[] {
  const names = text.split(",");
  return barColumns.filter((column) => names.includes(column));
}

function toNumbers(list: string): Float64Array {
  return Float64Array.from(list.split(","), Number);
}

interface LoadedRow extends Readonly<Partial<Record<PriceColumn, string>>> {
  readonly ticker: string;
  readonly source: string;
  readonly exchange: string;
  readonly sha256: string;
  readonly import_id: number | string;
  readonly days: string;
  readonly closes: string;
  readonly warnings: readonly PriceWarning[];
}

/** PostgreSQL text cannot hold NUL, so no ticker or series of such a name is held. */
export function canBeStored(ticker: string): boolean {
  return !ticker.includes("\0");
}
