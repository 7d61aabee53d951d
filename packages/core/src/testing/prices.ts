import { readFileSync } from "node:fs";
import { selectBars } from "../market/bars.ts";
import { isWeekday, toDay } from "../market/calendar.ts";
import type { DataPoint, DataSeries } from "../market/data-series.ts";
import { type Market, type PriceSeries, priceTable, type TradingCalendar } from "../market/price-table.ts";
import { isAvailable, sharedFile } from "./shared-file.ts";

/** The real prices of 41 funds as CSV. */
export const fundPricesFile = sharedFile("data/etf-daily.csv");

/** Whether tests on real prices and reference results run. */
export const hasReferenceData = isAvailable(fundPricesFile);

/** Reads a file of reference results. */
export function readReference(name: string): unknown {
  return JSON.parse(readFileSync(sharedFile(`reference/${name}`), "utf8"));
}

/** The real prices of 41 funds. */
export function fundPrices(): PriceSeries[] {
  readFundPrices ??= readSeries("data/etf-daily.csv", ([date, ticker, , close]) => ({ date, ticker, close }));
  return [...readFundPrices];
}

/** Reading them takes half a second, and several files of tests need them. */
let readFundPrices: readonly PriceSeries[] | undefined;

/** The real prices of five more funds, from the same source. */
export function extraFundPrices(): PriceSeries[] {
  return readSeries("data/etf-extra-daily.csv", ([date, ticker, , close]) => ({ date, ticker, close }));
}

/** The real unemployment rate by month, with the month that was never published left out. */
export function unemployment(): DataPoint[] {
  const lines = readFileSync(sharedFile("data/unrate-monthly.csv"), "utf8").trim().split("\n").slice(1);
  return lines.flatMap((line) => {
    const [day, value] = line.trim().split(",") as [string, string];
    return value === "" ? [] : { day, value: Number(value) };
  });
}

/** The real prices of SPY from another source, with bars. */
export function spyPrices(): PriceSeries[] {
  const lines = readFileSync(sharedFile("data/spy-ohlcv-daily.csv"), "utf8").trim().split("\n").slice(1);
  const rows = lines.map((line) => line.split(","));
  const column = (read: (row: number[]) => number) => Float64Array.from(rows, (row) => read(row.map(Number)));
  const adjusted = (index: number) => column((row) => (row[index]! * row[5]!) / row[4]!);
  return [
    {
      ticker: "SPY",
      days: Int32Array.from(rows, ([date]) => toDay(date!)),
      closes: column((row) => row[5]!),
      bars: { open: adjusted(1), high: adjusted(2), low: adjusted(3), volume: column((row) => row[6]!) },
    },
  ];
}

/**
 * A market that holds these prices and data series, and no others, of an exchange that trades on every weekday unless another
 * is given.
 */
export function marketOf(
  series: readonly PriceSeries[],
  dataSeries: readonly DataSeries[] = [],
  calendar?: TradingCalendar,
): Market {
  const held = new Map(series.map((one) => [one.ticker, one]));
  const origins = Object.fromEntries(series.map(({ ticker }) => [ticker, "test"]));
  return {
    load: (tickers, extras = { bars: [], series: [] }) => {
      const found = tickers.flatMap((ticker) => held.get(ticker) ?? []);
      const prices = found.map((one) => ({ ...one, bars: selectBars(one.bars ?? {}, extras.bars) }));
      const wanted = dataSeries.filter(({ name }) => extras.series.includes(name));
      return Promise.resolve(priceTable(prices, { kind: "stored", origins }, wanted, calendar));
    },
  };
}

/** A market for tests that must not load stored prices. */
export const noMarket: Market = { load: () => Promise.reject(new Error("stored prices were asked for")) };

/** The closes of a ticker on consecutive weekdays from `start` on. */
export function weekdaySeries(
  ticker: string,
  start: string,
  closes: readonly number[],
): PriceSeries & { readonly days: Int32Array } {
  const days = weekdaysFrom(toDay(start), closes.length);
  return { ticker, days, closes: Float64Array.from(closes) };
}

function weekdaysFrom(first: number, count: number): Int32Array {
  const days = new Int32Array(count);
  for (let day = first, found = 0; found < count; day += 1) if (isWeekday(day)) days[found++] = day;
  return days;
}

function readSeries(
  file: string,
  read: (fields: string[]) => { date: string | undefined; ticker: string | undefined; close: string | undefined },
): PriceSeries[] {
  const lines = readFileSync(sharedFile(file), "utf8").trim().split("\n").slice(1);
  const byTicker = Map.groupBy(
    lines.map((line) => read(line.split(","))),
    ({ ticker }) => ticker!,
  );
  return [...byTicker].map(([ticker, rows]) => ({
    ticker,
    days: Int32Array.from(rows, ({ date }) => toDay(date!)),
    closes: Float64Array.from(rows, ({ close }) => Number(close)),
  }));
}
