import {
  type Db,
  deleteUnreferencedPrices,
  insertPrices,
  type PriceRow,
  type PublishedTicker,
  publishPrices,
  removeAbandonedPrices,
  startPriceImport,
} from "@strategy-executor/db";
import type { ExchangeName } from "../../exchanges/exchange.ts";
import { priceContents } from "../price-contents.ts";

/** Rows per statement. Larger ones are hardly faster and hold the session of the embedded database for longer. */
export const rowsPerStatement = 2000;

export interface TickerRows {
  readonly source: string;
  readonly exchange: ExchangeName;
  /** Rows of one ticker by ascending days; not empty. */
  readonly rows: readonly PriceRow[];
  /** The version that they may replace; null when there must be none. */
  readonly replaces: number | null;
}

/** Replaces all rows of one ticker at once. Null, with nothing changed, when another version is stored by now. */
export async function publishTicker(db: Db, ticker: TickerRows): Promise<PublishedTicker | null> {
  const { source, exchange, rows, replaces } = ticker;
  await removeAbandonedPrices(db);
  const importId = await startPriceImport(db, source);
  const touched = [importId, ...(replaces === null ? [] : [replaces])];
  try {
    const contents = priceContents(exchange);
    for (const row of rows) contents.add(row);
    for (let first = 0; first < rows.length; first += rowsPerStatement) {
      await insertPrices(db, importId, rows.slice(first, first + rowsPerStatement));
    }
    const published = await publishPrices(db, importId, contents.summaries(), { replaces });
    return published?.[0] ?? null;
  } finally {
    // It has succeeded or failed by now. A later import removes rows that cannot be deleted here; readers do not see them.
    await deleteUnreferencedPrices(db, touched).catch(() => undefined);
  }
}
