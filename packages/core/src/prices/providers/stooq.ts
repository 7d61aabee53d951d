import { DomainError } from "../../common/domain-error.ts";
import { askProvider, firstLine, unavailable } from "./provider-request.ts";
import { readBars } from "./read-bars.ts";
import type { DailyBar, PriceProvider } from "./price-provider.ts";

export interface StooqOptions {
  /** Origin of the site: a mirror or a test server. */
  readonly origin?: string | undefined;
}

/**
 * Daily history of Stooq as CSV. Its prices are adjusted for splits and dividends, so there are no closes as they were traded,
 * and no bars.
 */
export function stooq({ origin = "https://stooq.com" }: StooqOptions = {}): PriceProvider {
  return {
    name: "stooq",
    settlingMs: 60 * 60_000,
    bars: [],
    async fetch(ticker, from, signal) {
      const url = new URL("/q/d/l/", origin);
      url.searchParams.set("s", symbolOf(ticker));
      url.searchParams.set("i", "d");
      if (from !== undefined) url.searchParams.set("d1", from.replaceAll("-", ""));
      const { status, text } = await askProvider({ provider: "Stooq", url, signal });
      ensureCsv(ticker, status, text);
      const bars = await readBars(Buffer.from(text), { name: "Stooq", ticker });
      return bars.map(({ day, close, adjClose }): DailyBar => ({ day, close: null, adjClose: close ?? adjClose }));
    },
  };
}

/** Stooq names shares by market, `spy.us`; tickers without one are American. Indices begin with `^`. */
function symbolOf(ticker: string): string {
  const symbol = ticker.toLowerCase();
  return symbol.includes(".") || symbol.startsWith("^") ? symbol : `${symbol}.us`;
}

/** Stooq answers everything with status 200. @throws DomainError if the answer is not CSV */
function ensureCsv(ticker: string, status: number, text: string): void {
  if (status === 404 || /^no data/i.test(text.trim())) {
    throw new DomainError("not_found", `Stooq has no prices of ${ticker}`);
  }
  if (status !== 200) throw unavailable(`Stooq answered ${ticker} with status ${status}`);
  if (text.trim() === "") throw unavailable(`Stooq's answer for ${ticker} is empty`);
  if (/^exceeded|hits limit/i.test(text.trim())) throw unavailable("Stooq's rate limit is reached; try again later");
  if (text.trimStart().startsWith("<")) throw unavailable(`Stooq answered ${ticker} with a page instead of CSV`);
  if (!/^date,/i.test(text.trim())) throw unavailable(`Stooq's answer for ${ticker} is not CSV: ${firstLine(text)}`);
}
