import { asc, eq, sql, type SQL } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { barColumns, type HeldTicker, toBarColumns } from "./prices.ts";
import { rowsOf } from "../connection/rows.ts";
import { isUnavailable } from "../connection/unavailable.ts";
import { priceImports, prices, priceTickers } from "../schema.ts";

/*
 * An import writes its rows under its own id in many short statements, invisible to readers. One short transaction then points
 * `price_tickers` to them. Readers see all of an import or nothing, and the single session of the embedded database is never
 * held for long. Rows without a pointer are deleted afterwards.
 */

/** One daily bar. Prices are positive and finite. All but the adjusted close are as they were traded; null is not known. */
export interface PriceRow {
  readonly ticker: string;
  /** ISO day. */
  readonly day: string;
  readonly close: number | null;
  readonly adjClose: number;
  readonly open?: number | null;
  readonly high?: number | null;
  readonly low?: number | null;
  readonly volume?: number | null;
}

/** Summary of the rows that an import has for a ticker. */
export interface ImportedTicker extends Omit<HeldTicker, "source" | "exchange"> {
  /** Exchange named by the import; null keeps the stored one. */
  readonly exchange: string | null;
  /** Exchange of a new ticker for which the import names none. */
  readonly usualExchange: string;
  /** Digest of the rows, in hexadecimal. */
  readonly sha256: string;
}

/** Outcome of publishing a ticker. */
export interface PublishedTicker {
  readonly ticker: string;
  /** The rows that were replaced; null when there were none or they stay. */
  readonly replaced: (HeldTicker & { readonly importId: number }) | null;
  /** Whether the same rows were already held. They stay, with their source. */
  readonly unchanged: boolean;
}

/** Begins an import from the named file or provider and returns its id. */
export async function startPriceImport(db: Db, source: string): Promise<number> {
  const [row] = await db
    .insert(priceImports)
    .values({ source, startedAt: sql`clock_timestamp()` })
    .returning({ id: priceImports.id });
  return row!.id;
}

/** Writes rows of an import, invisible to readers. 2,000 rows take 15 to 30 ms on the embedded database. */
export async function insertPrices(db: Db, importId: number, rows: readonly PriceRow[]): Promise<void> {
  // Columns without a value are left out of the statement: most files have closes only.
  const bars = barColumns.filter((column) => rows.some((row) => row[column] != null));
  const columns = bars.map((column) => sql`, ${sql.identifier(column)}`);
  const values = bars.map((column) => sql`, ${plainArray(rows.map((row) => row[column] ?? null))}::text::float8[]`);
  await db.execute(sql`
    insert into prices (import_id, ticker, day, close, adj_close${sql.join(columns)})
    select ${importId}::bigint, * from unnest(
      ${textArray(rows.map((row) => row.ticker))}::text::text[], ${plainArray(rows.map((row) => row.day))}::text::date[],
      ${plainArray(rows.map((row) => row.close))}::text::float8[],
      ${plainArray(rows.map((row) => row.adjClose))}::text::float8[]${sql.join(values)})`);
}

/** The rows that an import has written for a ticker, by day, in pages. */
export async function* readImportedRows(db: Db, importId: number, ticker: string): AsyncGenerator<PriceRow> {
  const pageSize = 10_000;
  for (let after: string | null = null; ;) {
    const page: PriceRow[] = await db
      .select({
        ticker: prices.ticker,
        day: prices.day,
        close: prices.close,
        adjClose: prices.adjClose,
        open: prices.open,
        high: prices.high,
        low: prices.low,
        volume: prices.volume,
      })
      .from(prices)
      .where(
        sql`${prices.importId} = ${importId} and ${prices.ticker} = ${ticker} and ${prices.day} > ${after ?? "-infinity"}::date`,
      )
      .orderBy(asc(prices.day))
      .limit(pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.day;
  }
}

/**
 * Publishes all tickers of an import at once. A ticker whose rows are already held keeps them. Of two imports of a ticker the
 * last one to publish wins.
 * @param replaces the only version of its ticker that the import may replace, null for none. Then null is returned, and nothing
 * changed, when another version is stored by now.
 * @throws Error when the import is so old that it counts as abandoned and its rows may have been deleted.
 */
export function publishPrices(
  db: Db,
  importId: number,
  tickers: readonly ImportedTicker[],
): Promise<readonly PublishedTicker[]>;
export function publishPrices(
  db: Db,
  importId: number,
  tickers: readonly ImportedTicker[],
  only: { readonly replaces: number | null },
): Promise<readonly PublishedTicker[] | null>;
export function publishPrices(
  db: Db,
  importId: number,
  tickers: readonly ImportedTicker[],
  only?: { readonly replaces: number | null },
): Promise<readonly PublishedTicker[] | null> {
  return db.transaction(async (tx) => {
    await lockPublication(tx);
    const [current] = await tx
      .select({ source: priceImports.source })
      .from(priceImports)
      .where(sql`${priceImports.id} = ${importId} and not ${isAbandoned}`);
    if (current === undefined) throw new Error("The import of prices took too long and has been given up");

    const before = await heldTickers(tx, tickers);
    if (only !== undefined && tickers.some(({ ticker }) => (before.get(ticker)?.importId ?? null) !== only.replaces)) {
      return null;
    }
    const changed = tickers.filter(({ ticker, sha256 }) => before.get(ticker)?.sha256 !== sha256);
    await tx.execute(sql`
      insert into price_tickers (ticker, import_id, source, first_day, last_day, rows, sha256, exchange, bars, warnings)
      select ticker, ${importId}::bigint, ${current.source}::text, first_day, last_day, rows, sha256, exchange, bars, warnings::json
      from unnest(
        ${textArray(changed.map((row) => row.ticker))}::text::text[],
        ${plainArray(changed.map((row) => row.firstDay))}::text::date[],
        ${plainArray(changed.map((row) => row.lastDay))}::text::date[],
        ${plainArray(changed.map((row) => row.rows))}::text::int[],
        ${plainArray(changed.map((row) => row.sha256))}::text::text[],
        ${textArray(changed.map((row) => row.exchange ?? before.get(row.ticker)?.exchange ?? row.usualExchange))}::text::text[],
        ${textArray(changed.map((row) => row.bars.join()))}::text::text[],
        ${textArray(changed.map((row) => JSON.stringify(row.warnings)))}::text::text[]
      ) as imported (ticker, first_day, last_day, rows, sha256, exchange, bars, warnings)
      on conflict (ticker) do update set import_id = excluded.import_id, source = excluded.source,
        first_day = excluded.first_day, last_day = excluded.last_day, rows = excluded.rows, sha256 = excluded.sha256,
        exchange = excluded.exchange, bars = excluded.bars, warnings = excluded.warnings, loaded_at = now()`);
    const moved = tickers.filter((row) => row.exchange !== null && !changed.includes(row));
    await tx.execute(sql`
      update price_tickers held set exchange = named.exchange from unnest(
        ${textArray(moved.map((row) => row.ticker))}::text::text[],
        ${textArray(moved.map((row) => row.exchange!))}::text::text[]
      ) as named (ticker, exchange)
      where held.ticker = named.ticker and held.exchange <> named.exchange`);
    return tickers.map(({ ticker, sha256 }) => {
      const held = before.get(ticker);
      const unchanged = held?.sha256 === sha256;
      return { ticker, replaced: unchanged ? null : (held ?? null), unchanged };
    });
  });
}

/** Removes a ticker with its rows. Returns its summary; undefined if there was none. */
export async function unpublishPrices(db: Db, ticker: string): Promise<HeldTicker | undefined> {
  const removed = await db.transaction(async (tx) => {
    await lockPublication(tx);
    const [row] = await tx.delete(priceTickers).where(eq(priceTickers.ticker, ticker)).returning();
    return row;
  });
  if (removed === undefined) return undefined;
  await deleteUnreferencedPrices(db, [removed.importId]);
  const { firstDay, lastDay, rows, source, exchange, bars, warnings } = removed;
  return { ticker, firstDay, lastDay, rows, source, exchange, bars: toBarColumns(bars), warnings };
}

/** Deletes unreferenced rows of these imports in small batches, and imports without any rows left. */
export async function deleteUnreferencedPrices(db: Db, importIds: readonly number[]): Promise<void> {
  const within = sql`id = any(${plainArray(importIds)}::text::bigint[])`;
  let deleted = 0;
  for (const { importId, ticker } of await unreferencedTickers(db, within))
    deleted += await deleteRows(db, importId, ticker);
  await db.execute(sql`
    delete from price_imports where ${within}
      and not exists (select from price_tickers where import_id = price_imports.id)
      and not exists (select from prices where import_id = price_imports.id)`);
  if (deleted === 0) return;
  // PGlite has no autovacuum, so this makes the space of deleted rows reusable. PostgreSQL may stop it at the time limit.
  await db.execute(sql`vacuum (skip_locked) prices`).catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
  });
}

export interface RemovalOptions {
  /** Whether every unfinished import is known to be dead, as when the embedded database has just been opened. */
  readonly noImportRunning?: boolean;
}

/** Deletes the rows of imports whose process died. */
export async function removeAbandonedPrices(db: Db, { noImportRunning = false }: RemovalOptions = {}): Promise<void> {
  const unfinished = await db
    .select({ id: priceImports.id })
    .from(priceImports)
    .where(noImportRunning ? undefined : isAbandoned);
  if (unfinished.length > 0)
    await deleteUnreferencedPrices(
      db,
      unfinished.map(({ id }) => id),
    );
}

/**
 * An import must not be published once its rows may be deleted. Every process decides by the clock of the database, read anew
 * in each statement because publishing may have waited for a lock.
 */
const isAbandoned = sql`${priceImports.startedAt} < clock_timestamp() - interval '6 hours'`;

/** Serializes publishing and the search for unreferenced rows until the transaction ends. */
async function lockPublication(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('strategy-executor prices'))`);
}

async function heldTickers(tx: Db, tickers: readonly ImportedTicker[]) {
  const rows = await tx
    .select({
      ticker: priceTickers.ticker,
      firstDay: priceTickers.firstDay,
      lastDay: priceTickers.lastDay,
      rows: priceTickers.rows,
      source: priceTickers.source,
      exchange: priceTickers.exchange,
      bars: priceTickers.bars,
      warnings: priceTickers.warnings,
      importId: priceTickers.importId,
      sha256: priceTickers.sha256,
    })
    .from(priceTickers)
    .where(
      sql`${priceTickers.ticker} in (select unnest(${textArray(tickers.map(({ ticker }) => ticker))}::text::text[]))`,
    );
  return new Map(rows.map((row) => [row.ticker, { ...row, bars: toBarColumns(row.bars) }]));
}

/**
 * Finds the tickers of these imports that `price_tickers` does not point to. Walks the primary key from ticker to ticker
 * instead of reading all rows, with one lookup per ticker: before the first analyze a join would be a nested loop.
 */
function unreferencedTickers(db: Db, within: SQL): Promise<{ importId: number; ticker: string }[]> {
  return db.transaction(async (tx) => {
    await lockPublication(tx);
    const rows = rowsOf<{ import_id: number | string; ticker: string }>(
      await tx.execute(sql`
        with recursive stored (import_id, ticker) as (
          select id, (select min(ticker) from prices where import_id = price_imports.id) from price_imports where ${within}
          union all
          select import_id, (
            select min(ticker) from prices where prices.import_id = stored.import_id and prices.ticker > stored.ticker
          ) from stored where ticker is not null
        )
        select import_id, ticker from stored
        where ticker is not null and import_id is distinct from (
          select held.import_id from price_tickers held where held.ticker = stored.ticker
        )`),
    );
    return rows.map(({ import_id, ticker }) => ({ importId: Number(import_id), ticker }));
  });
}

async function deleteRows(db: Db, importId: number, ticker: string): Promise<number> {
  const batchSize = 10_000;
  const rows = sql`prices where import_id = ${importId} and ticker = ${ticker}`;
  for (let total = 0; ;) {
    // A batch is bounded by its last day: a list of days would be a nested loop before the first analyze.
    const [answer] = rowsOf<{ n: number }>(
      await db.execute(sql`
        with deleted as (
          delete from ${rows}
            and day <= coalesce((select day from ${rows} order by day offset ${batchSize - 1} limit 1), 'infinity')
          returning 1
        )
        select count(*)::int as n from deleted`),
    );
    total += answer!.n;
    if (answer!.n < batchSize) return total;
  }
}
