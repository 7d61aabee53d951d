import type { Weights } from "../allocation.ts";

/** `share` of the account, in equal parts to each entry of the list. No tickers, no weights: the share stays cash. */
export function spread(share: number, tickers: readonly string[]): Weights {
  return combine(...tickers.map((ticker) => ({ [ticker]: share / tickers.length })));
}

/** Several parts of a portfolio as one: weights of the same ticker add up, and weights of 0 are left out. */
export function combine(...parts: readonly Weights[]): Weights {
  const sums = new Map<string, number>();
  for (const part of parts) {
    for (const ticker of Object.keys(part)) {
      if (part[ticker] !== 0) sums.set(ticker, (sums.get(ticker) ?? 0) + part[ticker]!);
    }
  }
  return Object.fromEntries(sums);
}

/** All weights times `share`. */
export function scale(share: number, weights: Weights): Weights {
  return combine(Object.fromEntries(Object.keys(weights).map((ticker) => [ticker, share * weights[ticker]!])));
}

/** The score of each ticker, by ticker. */
export function scoresOf(
  tickers: readonly string[],
  score: (ticker: string) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(tickers.map((ticker) => [ticker, score(ticker)]));
}
