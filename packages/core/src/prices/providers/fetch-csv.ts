import { DomainError } from "../../common/domain-error.ts";
import { usualExchange } from "../../exchanges/exchange.ts";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { finishedBars } from "./finished-bars.ts";
import type { DailyBar, PriceProvider } from "./price-provider.ts";
import { priceProblem } from "../price-limits.ts";
import { isTicker } from "../schemas.ts";

export interface FetchRequest {
  readonly provider: PriceProvider;
  readonly tickers: readonly string[];
  /** First ISO day wanted; absent for the whole history. */
  readonly from?: string | undefined;
  readonly now?: (() => Date) | undefined;
  /** Called for a bar that cannot be a price, which is then left out; otherwise it is an error. */
  readonly onBadBar?: ((reason: string) => void) | undefined;
}

/**
 * Fetches the history of the tickers one by one and yields it as CSV for `importPrices`. If one ticker fails, the import keeps
 * nothing.
 * @throws DomainError from the provider, and `invalid` for a malformed ticker and for a bar that cannot be a price, by its day.
 */
export async function* fetchCsv({
  provider,
  tickers,
  from,
  now = () => new Date(),
  onBadBar,
}: FetchRequest): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${["date", "ticker", "close", "adj_close", ...provider.bars].join()}\n`);
  for (const ticker of new Set(tickers)) {
    if (!isTicker(ticker)) throw new DomainError("invalid", `${JSON.stringify(ticker)} is not a ticker`);
    const bars = await provider.fetch(ticker, from);
    const exchange = findExchange(usualExchange(ticker));
    const finished = finishedBars(bars, exchange, { now: now().getTime(), settlingMs: provider.settlingMs });
    const sound = finished.filter((bar) => {
      const problem = problemOf(bar);
      if (problem === null) return true;
      const reason = `${ticker} ${bar.day}: ${problem}`;
      if (onBadBar === undefined) {
        throw new DomainError("invalid", `${provider.name}, ${reason}. skip_bad_rows=true leaves such days out`);
      }
      onBadBar(reason);
      return false;
    });
    const lines = sound.map((bar) => {
      const { day, close, adjClose } = bar;
      return `${[day, ticker, close ?? "", adjClose, ...provider.bars.map((column) => bar[column] ?? "")].join()}\n`;
    });
    yield Buffer.from(lines.join(""));
  }
}

/** Why a bar cannot be a price; null when it can. */
function problemOf({ close, adjClose }: DailyBar): string | null {
  for (const [column, price] of [
    ["close", close],
    ["adjusted close", adjClose],
  ] as const) {
    if (price === null) continue;
    const problem = priceProblem(price);
    if (problem !== null) return `the ${column} ${problem}: ${price}`;
  }
  return null;
}
