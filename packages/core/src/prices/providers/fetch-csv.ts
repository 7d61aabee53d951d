import { DomainError } from "../../common/domain-error.ts";
import type { PriceProvider } from "./price-provider.ts";
import { isTicker } from "../schemas.ts";

export interface FetchRequest {
  readonly provider: PriceProvider;
  readonly tickers: readonly string[];
  /** First ISO day wanted; absent for the whole history. */
  readonly from?: string | undefined;
}

/**
 * Fetches the history of the tickers one by one and yields it as CSV for `importPrices`. If one ticker fails, the import keeps
 * nothing.
 * @throws DomainError from the provider, and `invalid` for a malformed ticker.
 */
export async function* fetchCsv({ provider, tickers, from }: FetchRequest): AsyncGenerator<Uint8Array> {
  yield Buffer.from("date,ticker,close,adj_close\n");
  for (const ticker of new Set(tickers)) {
    if (!isTicker(ticker)) throw new DomainError("invalid", `${JSON.stringify(ticker)} is not a ticker`);
    const bars = await provider.fetch(ticker, from);
    yield Buffer.from(bars.map(({ day, close, adjClose }) => `${day},${ticker},${close ?? ""},${adjClose}\n`).join(""));
  }
}
