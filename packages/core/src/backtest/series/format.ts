/**
 * How series are stored. One byte of version; the number of days and the length of the first part, 32 bits each; then two
 * parts, each compressed by zstd, so that either is read without the other:
 *
 * 1. The days as integers and the equity as a curve (`byte-planes.ts`).
 * 2. The length of a JSON header, 32 bits; the header; integers, column by column: of decisions the day, the keys of weights,
 *    canary and scores, the texts of mode and because, and 1 for hold; of trades the text of the ticker, the days of entry and
 *    exit. Then doubles: the values of all weights, of all canaries and of all scores, the returns of closed trades, and the
 *    prices of entry and exit trade by trade.
 *
 * Drawdown and ISO dates are derived when they are read. Older rows are JSON, compressed by zstd unless short: they begin with
 * another byte.
 */
export const format = {
  version: 1,
  headLength: 9,
  decisionColumns: 7,
  tradeColumns: 3,
  priceScale: 1e6,
} as const;

/** Stands for the exit of a trade that is open. */
export const openTrade = -(2 ** 31);

export interface SeriesHeader {
  readonly decisions: number;
  readonly trades: number;
  /** Whether prices are stored times `priceScale`. */
  readonly prices: "decimal" | "double";
  /** Texts, and lists of keys, that integers refer to by index; -1 stands for null. */
  readonly texts: readonly string[];
  readonly keys: readonly (readonly string[])[];
}
