import { createHash, type Hash } from "node:crypto";
import {
  type BarColumn,
  barColumns,
  type Db,
  deleteUnreferencedPrices,
  type ImportedTicker,
  insertPrices,
  type PriceRow,
  publishPrices,
  startPriceImport,
  removeAbandonedPrices,
} from "@strategy-executor/db";
import { DomainError } from "../common/domain-error.ts";
import { type ExchangeName, usualExchange } from "../exchanges/exchange.ts";
import { readPrices } from "./read-prices.ts";
import type { ImportedPrices, PriceImportReport } from "./schemas.ts";

export interface PriceImport {
  /** File or provider, stored as the source of the prices. */
  readonly name: string;
  /** Ticker of a file that has no ticker column. */
  readonly ticker?: string | undefined;
  /** The exchange of its tickers; absent for what is held, or for what their names say. */
  readonly exchange?: ExchangeName | undefined;
  /** The bytes of a CSV file as `readPrices` takes it. */
  readonly csv: AsyncIterable<Uint8Array>;
  /** Limit of the file's size. */
  readonly maxBytes?: number | undefined;
}

/**
 * Loads prices from CSV. They replace all rows of each ticker in the file, for all tickers at once after the whole file has
 * been read. A ticker with unchanged rows keeps them and their source. Memory holds one batch of rows.
 * @throws DomainError `invalid` for a file that `readPrices` refuses, `payload_too_large` beyond `maxBytes`. After any error
 * nothing of the file is kept.
 */
export async function importPrices(
  db: Db,
  { name, ticker, exchange, csv, maxBytes }: PriceImport,
): Promise<PriceImportReport> {
  await removeAbandonedPrices(db);
  const importId = await startPriceImport(db, name);
  const touched = [importId];
  try {
    const contents = new Map<string, Content>();
    const bytes = maxBytes === undefined ? csv : limited(csv, maxBytes, name);
    for await (const batch of batches(readPrices(bytes, { name, ticker }))) {
      for (const row of batch) count(contents, row);
      await insertPrices(db, importId, batch);
    }
    const imported = [...contents].map(([symbol, content]) => summarize(symbol, content, exchange));
    const published = await publishPrices(db, importId, imported);
    touched.push(...published.flatMap(({ replaced }) => replaced?.importId ?? []));
    const tickers = published.map(({ replaced, unchanged }, index): ImportedPrices => {
      const before = replaced === null ? null : { ...toWire(replaced), source: replaced.source };
      return { ticker: imported[index]!.ticker, ...toWire(imported[index]!), replaced: before, unchanged };
    });
    return { rows: tickers.reduce((sum, { rows }) => sum + rows, 0), tickers };
  } finally {
    // The import has succeeded or failed by now. A later import removes rows that cannot be deleted here; readers do not see them.
    await deleteUnreferencedPrices(db, touched).catch(() => undefined);
  }
}

/** Rows per statement. Larger ones are hardly faster and hold the session of the embedded database for longer. */
const batchSize = 2000;

/** Rows of a ticker read so far. */
interface Content {
  readonly firstDay: string;
  readonly hash: Hash;
  readonly bars: Set<BarColumn>;
  lastDay: string;
  rows: number;
}

function count(contents: Map<string, Content>, row: PriceRow): void {
  const { ticker, day, close, adjClose } = row;
  let content = contents.get(ticker);
  if (content === undefined) {
    content = { firstDay: day, lastDay: day, rows: 0, hash: createHash("sha256"), bars: new Set() };
    contents.set(ticker, content);
  }
  content.lastDay = day;
  content.rows += 1;
  const known = barColumns.filter((column) => row[column] != null);
  for (const column of known) content.bars.add(column);
  const bar = known.map((column) => `,${column}=${row[column]}`).join("");
  content.hash.update(`${day},${close ?? ""},${adjClose}${bar}\n`);
}

function summarize(
  ticker: string,
  { firstDay, lastDay, rows, hash, bars }: Content,
  exchange: ExchangeName | undefined,
): ImportedTicker {
  const sha256 = hash.digest("hex");
  return {
    ticker,
    firstDay,
    lastDay,
    rows,
    sha256,
    exchange: exchange ?? null,
    usualExchange: usualExchange(ticker),
    bars: barColumns.filter((column) => bars.has(column)),
    warnings: [],
  };
}

function toWire({ firstDay, lastDay, rows }: Pick<ImportedTicker, "firstDay" | "lastDay" | "rows">) {
  return { first_day: firstDay, last_day: lastDay, rows };
}

async function* batches(rows: AsyncIterable<PriceRow>): AsyncGenerator<PriceRow[]> {
  let batch: PriceRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function* limited(csv: AsyncIterable<Uint8Array>, maxBytes: number, name: string): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of csv) {
    total += chunk.byteLength;
    if (total > maxBytes) throw new DomainError("payload_too_large", `${name} is larger than ${maxBytes} bytes`);
    yield chunk;
  }
}
