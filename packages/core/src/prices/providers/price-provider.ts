import type { BarColumn } from "../../market/bars.ts";

/** A trading day as a provider reports it. All but the adjusted close are as they were traded. */
export interface DailyBar extends Readonly<Partial<Record<BarColumn, number>>> {
  /** ISO day at the exchange. */
  readonly day: string;
  /** Null where the provider has adjusted closes only. */
  readonly close: number | null;
  /** Adjusted for splits and dividends. */
  readonly adjClose: number;
}

/** A provider of price history. */
export interface PriceProvider {
  /** Stored as the source of the prices. */
  readonly name: string;
  /** How long after the close the last price may still move, because of late trades and delayed feeds. */
  readonly settlingMs: number;
  /** The columns that its bars have besides the closes. */
  readonly bars: readonly BarColumn[];
  /**
   * Returns the trading days of the ticker from an ISO day on, oldest first; all days when it is absent. The last one may not
   * have ended: `finishedBars` leaves it out then.
   * @throws DomainError `not_found` for an unknown ticker, `unavailable` when the provider cannot or will not answer now.
   */
  fetch(ticker: string, from?: string, signal?: AbortSignal): Promise<readonly DailyBar[]>;
}
