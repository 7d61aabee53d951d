import { asc, sql } from "drizzle-orm";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { priceTickers } from "../schema.ts";

/** The rows held for a ticker. Days are ISO days, both included. */
export interface HeldTicker {
  readonly ticker: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly rows: number;
  /** File or provider of the rows. */
  readonly source: string;
  /** Whose sessions tell whether its last month has ended. */
  readonly exchange: string;
}

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
}

/** Lists all held tickers in alphabetical order. */
export function listTickers(db: Db): Promise<HeldTicker[]> {
  return db
    .select({
      ticker: priceTickers.ticker,
      firstDay: priceTickers.firstDay,
      lastDay: priceTickers.lastDay,
      rows: priceTickers.rows,
      source: priceTickers.source,
      exchange: priceTickers.exchange,
    })
    .from(priceTickers)
    .orderBy(asc(priceTickers.ticker));
}

/**
 * Loads the adjusted closes of the tickers in the given order and leaves out tickers that are not held. A single statement
 * sees an import either for all tickers or for none. Numbers travel as text, which PostgreSQL writes so that floats read back
 * exactly.
 */
export async function loadPrices(db: Db, tickers: readonly string[]): Promise<TickerPrices[]> {
  const wanted = textArray(tickers.filter(canBeStored));
  const rows = rowsOf<LoadedRow>(
    await db.execute(sql`
      select held.ticker, held.source, held.exchange, held.sha256, held.import_id, loaded.days, loaded.closes
      from price_tickers held
      cross join lateral (
        select string_agg((day - date '1970-01-01')::text, ',' order by day) as days,
          string_agg(adj_close::text, ',' order by day) as closes
        from prices where prices.import_id = held.import_id and prices.ticker = held.ticker
      ) loaded
      where held.ticker = any(${wanted}::text::text[])
      order by array_position(${wanted}::text::text[], held.ticker)`),
  );
  return rows.map(({ ticker, source, exchange, sha256, import_id, days, closes }) => ({
    ticker,
    source,
    exchange,
    sha256,
    importId: Number(import_id),
    days: Int32Array.from(days.split(","), Number),
    closes: Float64Array.from(closes.split(","), Number),
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

interface LoadedRow {
  readonly ticker: string;
  readonly source: string;
  readonly exchange: string;
  readonly sha256: string;
  readonly import_id: number | string;
  readonly days: string;
  readonly closes: string;
}

/** PostgreSQL text cannot hold NUL, so no such ticker is held. */
function canBeStored(ticker: string): boolean {
  return !ticker.includes("\0");
}
