import { type Db, listExchangeDays, loadPrices, priceVersion } from "@strategy-executor/db";
import { tradingCalendar } from "../exchanges/trading-calendar.ts";
import { toExceptions, toExchangeName } from "./exchange-days.ts";
import { type Market, type PriceTable, priceTable } from "../market/price-table.ts";

/** Limit of all cached tables in bytes, except the one in use. */
const maxCacheBytes = 256 * 1024 * 1024;

/**
 * The prices stored in the database. Tables are cached while their prices are unchanged, so that repeated executions do not
 * read them again; their numbers are in shared memory. The least recently used tables are evicted first.
 */
export function storedMarket(db: Db, cacheBytes = maxCacheBytes): Market {
  const tables = new Map<string, Promise<PriceTable>>();
  let order: { key: string; bytes: number }[] = [];

  const remember = (key: string, table: PriceTable) => {
    order = [...order.filter((entry) => entry.key !== key), { key, bytes: sizeOf(table) }];
    let total = order.reduce((sum, entry) => sum + entry.bytes, 0);
    while (total > cacheBytes && order.length > 1) {
      const oldest = order.shift()!;
      total -= oldest.bytes;
      tables.delete(oldest.key);
    }
  };

  return {
    async load(tickers) {
      const key = JSON.stringify([tickers, await priceVersion(db, tickers)]);
      const table = tables.get(key) ?? loadTable(db, tickers);
      tables.set(key, table);
      try {
        remember(key, await table);
      } catch (error) {
        tables.delete(key);
        throw error;
      }
      return table;
    },
  };
}

async function loadTable(db: Db, tickers: readonly string[]): Promise<PriceTable> {
  const series = await loadPrices(db, tickers);
  const origins = Object.fromEntries(series.map(({ ticker, source }) => [ticker, source]));
  const names = new Set(series.map(({ exchange }) => toExchangeName(exchange)));
  const calendar = tradingCalendar([...names], toExceptions(await listExchangeDays(db)));
  return priceTable(series, { kind: "stored", origins }, [], calendar);
}

function sizeOf(table: PriceTable): number {
  return table.closes.reduce((sum, column) => sum + column.byteLength, table.days.byteLength);
}
