import { toPriceWarning } from "../market/price-warning.ts";
import {
  type Db,
  deleteUnreferencedPrices,
  type ImportedTicker,
  insertPrices,
  type PriceRow,
  publishPrices,
  readImportedRows,
  removeAbandonedPrices,
  startPriceImport,
} from "@strategy-executor/db";
import { DomainError } from "../common/domain-error.ts";
import type { ExchangeName } from "../exchanges/exchange.ts";
import type { CsvFile } from "./csv/csv-file.ts";
import { limited } from "./limited.ts";
import { priceContents } from "./price-contents.ts";
import { rowsPerStatement } from "./refresh/publish-ticker.ts";
import { readPrices } from "./read-prices.ts";
import type { ImportedPrices, PriceImportReport } from "./schemas.ts";

export interface PriceImport extends CsvFile {
  /** File or provider, stored as the source of the prices. */
  readonly name: string;
  /** Ticker of a file that has no ticker column. */
  readonly ticker?: string | undefined;
  /** The exchange of the tickers; absent: the stored one, or the one their names suggest. */
  readonly exchange?: ExchangeName | undefined;
  /** Whether rows that cannot be prices are left out and reported, instead of refusing the file. */
  readonly skipBadRows?: boolean | undefined;
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
export async function importPrices(db: Db, { csv, maxBytes, ...file }: PriceImport): Promise<PriceImportReport> {
  await removeAbandonedPrices(db);
  const importId = await startPriceImport(db, file.name);
  const touched = [importId];
  try {
    const bytes = maxBytes === undefined ? csv : limited(csv, maxBytes, file.name);
    const contents = priceContents(file.exchange);
    const skipped = skippedRows();
    const rows = readPrices(bytes, {
      ...file,
      onBlankDay: contents.addBlankDay,
      onUnadjusted: contents.setUnadjusted,
      onBadRow: file.skipBadRows === true ? skipped.add : undefined,
    });
    for await (const batch of batches(rows)) {
      for (const row of batch) contents.add(row);
      await insertPrices(db, importId, batch);
    }
    for (const ticker of contents.descending()) await contents.addAgain(ticker, readImportedRows(db, importId, ticker));
    const imported = contents.summaries();
    if (imported.length === 0) throw new DomainError("invalid", `${file.name}: no row has a price`);
    const published = await publishPrices(db, importId, imported);
    touched.push(...published.flatMap(({ replaced }) => replaced?.importId ?? []));
    const tickers = published.map(({ replaced, unchanged }, index): ImportedPrices => {
      const { ticker, warnings, ...extent } = imported[index]!;
      const before = replaced === null ? null : { ...toWire(replaced), source: replaced.source };
      return { ticker, ...toWire(extent), replaced: before, unchanged, warnings: warnings.map(toPriceWarning) };
    });
    return {
      rows: tickers.reduce((sum, { rows: count }) => sum + count, 0),
      tickers,
      ...skipped.report(),
    };
  } finally {
    // The import has succeeded or failed by now. A later import removes rows that cannot be deleted here; readers do not see them.
    await deleteUnreferencedPrices(db, touched).catch(() => undefined);
  }
}

/** Rows that were left out, of which the first few are named. */
function skippedRows() {
  const maxNamed = 20;
  const named: string[] = [];
  let count = 0;
  return {
    add(reason: string): void {
      count += 1;
      if (named.length < maxNamed) named.push(reason);
    },
    report: () => ({ skipped_rows: count, skipped: named }),
  };
}

function toWire({ firstDay, lastDay, rows }: Pick<ImportedTicker, "firstDay" | "lastDay" | "rows">) {
  return { first_day: firstDay, last_day: lastDay, rows };
}

async function* batches(rows: AsyncIterable<PriceRow>): AsyncGenerator<PriceRow[]> {
  let batch: PriceRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === rowsPerStatement) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
