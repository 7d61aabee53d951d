import { topBy } from "../allocation.ts";

/** The rank of each ticker from 1 on, the highest score first. Equal scores keep the order of the list. */
export function ranksBy(
  tickers: readonly string[],
  score: (ticker: string) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(topBy(tickers, tickers.length, score).map((ticker, index) => [ticker, index + 1]));
}
