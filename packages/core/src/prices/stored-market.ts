import {
  dataSeriesVersion,
  type Db,
  loadDataSeries,
  listExchangeDays,
  loadPrices,
  priceVersion,
  type TickerPrices,
} from "@strategy-executor/db";
import { dataSeries } from "../market/data-series.ts";
import { tradingCalendar } from "../exchanges/trading-calendar.ts";
import { toExceptions, toExchangeName } from "./exchange-days.ts";
import type { BarColumn, Bars } from "../market/bars.ts";
import { toPriceWarning } from "../market/price-warning.ts";
import { type Extras, type Market, type PriceTable, priceTable } from "../market/price-table.ts";

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
    async load(tickers, extras = noExtras) {
      const versions = await Promise.all([priceVersion(db, tickers), dataSeriesVersion(db, extras.series)]);
      const key = JSON.stringify([tickers, extras, ...versions]);
      const table = tables.get(key) ?? loadTable(db, tickers, extras);
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

const noExtras: Extras = { bars: [], series: [] };

async function loadTable(db: Db, tickers: readonly string[], extras: Extras): Promise<PriceTable> {
  const isAdjusted = extras.bars.some((column) => column !== "volume");
  const columns = isAdjusted ? (["close", ...extras.bars] as const) : extras.bars;
  const series = (await loadPrices(db, tickers, columns)).map((stored) => ({
    ...stored,
    bars: adjustedBars(stored, extras.bars),
  }));
  const held = (await loadDataSeries(db, extras.series)).map(({ name, points }) => dataSeries(name, points));
  const origins = Object.fromEntries(series.map(({ ticker, source }) => [ticker, source]));
  const warnings = series.flatMap(({ ticker, warnings: found }) =>
    found.map((warning) => ({ ticker, ...toPriceWarning(warning) })),
  );
  const names = new Set(series.map(({ exchange }) => toExchangeName(exchange)));
  const calendar = tradingCalendar([...names], toExceptions(await listExchangeDays(db)));
  return priceTable(series, { kind: "stored", origins, warnings }, held, calendar);
}

/** Adjusts the columns as the close is. A column without any value is left out. */
function adjustedBars({ columns, closes }: TickerPrices, wanted: readonly BarColumn[]): Bars {
  const bars = wanted.map((column) => {
    const traded = columns[column]!;
    const values =
      column === "volume" ? traded : traded.map((value, row) => (value * closes[row]!) / columns.close![row]!);
    return [column, values] as const;
  });
  return Object.fromEntries(bars.filter(([, values]) => !values.every(Number.isNaN)));
}

function sizeOf({ days, closes, bars, series }: PriceTable): number {
  const ofSeries = series.flatMap((one) => [one.days, one.knownOn, one.values]);
  const columns = [days, ...closes, ...bars.flatMap((ofTicker) => Object.values(ofTicker)), ...ofSeries];
  return columns.reduce((sum, column) => sum + column.byteLength, 0);
}
