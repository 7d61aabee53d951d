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
 * What a provider has of the tickers, as the CSV that `importPrices` takes, one ticker after the other. Nothing of an import
 * is kept when one of them fails.
 * @throws DomainError as the provider does, and `invalid` for a text that is no ticker.
 */
export async function* fetchCsv({ provider, tickers, from }: FetchRequest): AsyncGenerator<Uint8Array> {
  yield Buffer.from("date,ticker,close,adj_close\n");
  for (const ticker of new Set(tickers)) {
    if (!isTicker(ticker)) throw new DomainError("invalid", `${JSON.stringify(ticker)} is not a ticker`);
    const bars = await provider.fetch(ticker, from);
    yield Buffer.from(bars.map(({ day, close, adjClose }) => `${day},${ticker},${close ?? ""},${adjClose}\n`).join(""));
  }
}
