/** Close of one trading day. */
export interface DailyBar {
  /** ISO day at the exchange. */
  readonly day: string;
  readonly close: number | null;
  /** Adjusted for splits and dividends. */
  readonly adjClose: number;
}

/** A provider of price history. */
export interface PriceProvider {
  /** Stored as the source of the prices. */
  readonly name: string;
  /**
   * Returns the finished trading days of the ticker from an ISO day on, oldest first; all days when it is absent.
   * @throws DomainError `not_found` for an unknown ticker, `unavailable` when the provider cannot or will not answer now.
   */
  fetch(ticker: string, from?: string): Promise<readonly DailyBar[]>;
}
