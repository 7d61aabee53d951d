import { type BarColumn, barColumns } from "../../market/bars.ts";
import { InvalidRowError, quoted } from "./csv-file.ts";

/** The places of the columns of one ticker in a record. */
export interface TickerColumns {
  /** Null when a column of the file names it. */
  readonly ticker: string | null;
  /** Null when the file has no close beside the adjusted one. */
  readonly close: number | null;
  /** The close where the file has no adjusted one. */
  readonly adjClose: number;
  readonly bars: readonly (readonly [BarColumn, number])[];
}

/** The places of the columns of a file. */
export interface PriceColumns {
  readonly date: number;
  /** The column that names the ticker; null when the header or the user does. */
  readonly ticker: number | null;
  /** Several for a file that has tickers side by side. */
  readonly tickers: readonly TickerColumns[];
  /** Whether the closes stand for the adjusted closes. */
  readonly isUnadjusted: boolean;
  /** The site whose files look like this writes the month first. */
  readonly isMonthFirst: boolean;
  /** Its numbers have points before the decimals. */
  readonly isPointDecimal: boolean;
}

/**
 * Finds the columns by their names, as our files and downloads of Yahoo, Stooq, Tiingo, Nasdaq, Alpha Vantage, Investing and
 * KRX have them. Two rows of names, as yfinance writes them, give the columns of several tickers.
 * @param headers the rows before the first price, as many as `headerRows` says
 * @throws InvalidRowError for columns that are missing or there twice, and when the ticker is named twice or not at all
 */
export function findPriceColumns(headers: readonly (readonly string[])[], ticker: string | undefined): PriceColumns {
  return headers.length < 3 ? findSingle(headers[0]!, ticker) : findSideBySide(headers, ticker);
}

/** How many rows of names these begin, as far as they tell: one, or three of prices, of tickers and of `Date`. */
export function headerRows(headers: readonly (readonly string[])[]): 1 | 3 {
  const first = plainName(headers[0]![0]!);
  const second = first === "price" ? "ticker" : first === "ticker" ? "price" : undefined;
  const isSecond = headers.length === 1 || plainName(headers[1]![0]!) === second;
  return second !== undefined && isSecond && !headers[0]!.some((name) => spellings.date.includes(plainName(name)))
    ? 3
    : 1;
}

const spellings = {
  date: ["date", "timestamp", "datetime", "tradedate", "exchangedate", "일자", "날짜", "data"],
  ticker: ["ticker", "symbol", "종목코드"],
  close: ["close", "closelast", "종가", "zamkniecie"],
  adjClose: ["adjclose", "adjustedclose", "수정종가"],
  open: ["open", "시가", "otwarcie"],
  high: ["high", "고가", "najwyzszy"],
  low: ["low", "저가", "najnizszy"],
  volume: ["volume", "vol", "거래량", "wolumen"],
} as const satisfies Record<BarColumn | "date" | "ticker" | "close" | "adjClose", readonly string[]> as Record<
  BarColumn | "date" | "ticker" | "close" | "adjClose",
  readonly string[]
>;

function findSingle(header: readonly string[], ticker: string | undefined): PriceColumns {
  const names = header.map(plainName);
  const find = finder(names);
  const shown = quoted(header.join());
  const date = find("date", spellings.date);
  const tickerPlace = find("ticker", spellings.ticker);
  // Investing calls the close Price.
  const close = find("close", spellings.close) ?? find("close", ["price"]);
  const adjClose = find("adj_close", spellings.adjClose);
  if (date === null) {
    throw new InvalidRowError(
      `the column date is missing from the header ${shown}. The first line must name the columns: date, ticker, close, adj_close`,
    );
  }
  if (close === null && adjClose === null) {
    throw new InvalidRowError(
      `the columns close and adj_close are missing from the header ${shown}. The file must have one of them`,
    );
  }
  if (ticker !== undefined && tickerPlace !== null) {
    throw new InvalidRowError("the file has a column ticker, so it is loaded without naming one (ticker=)");
  }
  if (ticker === undefined && tickerPlace === null) {
    throw new InvalidRowError("the file has no column ticker, so its ticker must be named (ticker=SPY)");
  }
  return {
    date,
    ticker: tickerPlace,
    tickers: [{ ticker: ticker ?? null, close, adjClose: (adjClose ?? close)!, bars: findBars(find) }],
    isUnadjusted: adjClose === null,
    isMonthFirst: names.includes("closelast"),
    isPointDecimal: names.includes("closelast") || names.includes("종가"),
  };
}

function findSideBySide(headers: readonly (readonly string[])[], given: string | undefined): PriceColumns {
  const isTickerFirst = plainName(headers[0]![0]!) === "ticker";
  const prices = headers[isTickerFirst ? 1 : 0]!.map(plainName);
  const tickers = headers[isTickerFirst ? 0 : 1]!;
  const names = [...new Set(tickers.slice(1).filter((name) => name !== ""))];
  if (given !== undefined && (names.length > 1 || names[0] !== given)) {
    throw new InvalidRowError(
      `the file names its tickers ${quoted(names.join())}, so it is loaded without naming one (ticker=)`,
    );
  }
  let isUnadjusted = false;
  const found = names.map((ticker): TickerColumns => {
    const find = finder(prices.map((price, place) => (tickers[place] === ticker ? price : "")));
    const close = find("close", spellings.close);
    const adjClose = find("adj_close", spellings.adjClose);
    if (close === null && adjClose === null) throw new InvalidRowError(`${ticker} has neither close nor adj_close`);
    isUnadjusted ||= adjClose === null;
    return { ticker, close, adjClose: (adjClose ?? close)!, bars: findBars(find) };
  });
  if (found.length === 0) throw new InvalidRowError("the header names no ticker");
  return { date: 0, ticker: null, tickers: found, isUnadjusted, isMonthFirst: false, isPointDecimal: true };
}

type Find = (column: string, spelt: readonly string[]) => number | null;

function finder(names: readonly string[]): Find {
  return (column, spelt) => {
    const places = names.flatMap((name, index) => (spelt.includes(name) ? index : []));
    if (places.length > 1) throw new InvalidRowError(`the column ${column} is there twice`);
    return places[0] ?? null;
  };
}

function findBars(find: Find): TickerColumns["bars"] {
  return barColumns.flatMap((column) => {
    const place = find(column, spellings[column]);
    return place === null ? [] : [[column, place] as const];
  });
}

/** `<CLOSE>`, `Close*`, `Close/Last` and `Adj Close` without marks and case. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s._*<>/%()-]/g, "");
}
