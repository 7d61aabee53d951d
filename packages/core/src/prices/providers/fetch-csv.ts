import { DomainError } from "../../common/domain-error.ts";
import { usualExchange } from "../../exchanges/exchange.ts";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { finishedBars } from "./finished-bars.ts";
import type { PriceProvider } from "./price-provider.ts";
import { isTicker } from "../schemas.ts";

export interface FetchRequest {
  readonly provider: PriceProvider;
  readonly tickers: readonly string[];
  /** First ISO day wanted; absent for the whole history. */
  readonly from?: string | undefined;
  readonly now?: (() => Date) | undefined;
}

/**
 * Fetches the history of the tickers one by one and yields it as CSV for `importPrices`. If one ticker fails, the import keeps
 * nothing.
 * @throws DomainError from the provider, and `invalid` for a malformed ticker.
 */
export async function* fetchCsv({
  provider,
  tickers,
  from,
  now = () => new Date(),
}: FetchRequest): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${["date", "ticker", "close", "adj_close", ...provider.bars].join()}\n`);
  for (const ticker of new Set(tickers)) {
    if (!isTicker(ticker)) throw new DomainError("invalid", `${JSON.stringify(ticker)} is not a ticker`);
    const bars = await provider.fetch(ticker, from);
    const exchange = findExchange(usualExchange(ticker));
    const finished = finishedBars(bars, exchange, { now: now().getTime(), settlingMs: provider.settlingMs });
    const lines = finished.map((bar) => {
      const { day, close, adjClose } = bar;
      return `${[day, ticker, close ?? "", adjClose, ...provider.bars.map((column) => bar[column] ?? "")].join()}\n`;
    });
    yield Buffer.from(lines.join(""));
  }
}
