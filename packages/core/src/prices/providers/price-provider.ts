/** Close of one trading day. */
export interface DailyBar {
  /** ISO day at the exchange. */
  readonly day: string;
  readonly close: number | null;
  /** Adjusted for splits and dividends. */
  readonly adjClose: number;
}

/** Somebody who gives away the history of a ticker. */
export interface PriceProvider {
  /** Kept as the source of the prices. */
  readonly name: string;
  /**
   * The finished trading days of the ticker from that ISO day on, oldest first; all of them when it is left out.
   * @throws DomainError `not_found` for an unknown ticker, `unavailable` when the provider cannot or will not answer now.
   */
  fetch(ticker: string, from?: string): Promise<readonly DailyBar[]>;
}
