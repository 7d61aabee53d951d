import { DomainError } from "../../common/domain-error.ts";
import { toDay } from "../../market/calendar.ts";
import { askProvider, firstLine as firstLineOf, unavailable } from "./provider-request.ts";
import type { DailyBar, PriceProvider } from "./price-provider.ts";

export interface YahooOptions {
  /** Origin of the chart API: a mirror or a test server. */
  readonly origin?: string | undefined;
  readonly now?: () => Date;
}

/** Daily history of Yahoo Finance, with closes adjusted for splits and dividends. */
export function yahoo({
  origin = "https://query2.finance.yahoo.com",
  now = () => new Date(),
}: YahooOptions = {}): PriceProvider {
  return {
    name: "yahoo",
    settlingMs,
    bars: ["open", "high", "low", "volume"],
    async fetch(ticker, from = "1900-01-01", signal) {
      const chart = await fetchChart(ticker, from, origin, signal);
      const bars = finishedBars(chart, now());
      if (bars.length === 0) throw new DomainError("not_found", `Yahoo has no prices of ${ticker} since ${from}`);
      return bars;
    },
  };
}

/** The closing auction, late trades and delayed feeds may move the last price after the end of a session. */
const settlingMs = 60 * 60_000;

/** The part of the library's answer that is used here. */
interface Chart {
  readonly meta: {
    readonly exchangeTimezoneName: string;
    readonly currentTradingPeriod: { readonly regular: { readonly end: Date } };
  };
  readonly quotes: readonly Quote[];
}

interface Quote {
  readonly date: Date;
  readonly close: number | null;
  readonly adjclose?: number | null;
  readonly open?: number | null;
  readonly high?: number | null;
  readonly low?: number | null;
  readonly volume?: number | null;
}

async function fetchChart(
  ticker: string,
  from: string,
  origin: string,
  signal: AbortSignal | undefined,
): Promise<Chart> {
  // Loaded at first use, so that other commands start faster.
  const { default: YahooFinance } = await import("yahoo-finance2");
  const client = new YahooFinance({
    fetch: (input, init) => fetchFrom(origin, ticker, String(input), { init, signal }),
    logger: silent,
    validation: { logErrors: false, logOptionsErrors: false },
    versionCheck: false,
  });
  try {
    return await client.chart(encodeURIComponent(ticker), { period1: from, interval: "1d", includePrePost: false });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unavailable(`Yahoo's answer for ${ticker} cannot be read: ${firstLine(error)}`);
  }
}

/** Turns answers other than 200 into errors here, because the library would print them and report less. */
async function fetchFrom(
  origin: string,
  ticker: string,
  address: string,
  { init, signal }: { readonly init: RequestInit | undefined; readonly signal: AbortSignal | undefined },
): Promise<Response> {
  const { pathname, search } = new URL(address);
  const headers = Object.fromEntries(new Headers(init?.headers));
  const url = new URL(pathname + search, origin);
  const { status, text } = await askProvider({ provider: "Yahoo", url, headers, signal });
  if (status === 200) return new Response(text, { headers: { "content-type": "application/json" } });
  throw toError(ticker, status, text);
}

function toError(ticker: string, status: number, body: string): DomainError {
  const description = descriptionIn(body);
  if (status === 404) return new DomainError("not_found", `Yahoo has no prices of ${ticker}: ${description}`);
  if (status === 400) return new DomainError("invalid", `Yahoo refuses ${ticker}: ${description}`);
  return unavailable(`Yahoo answered ${ticker} with status ${status}: ${description}`);
}

function descriptionIn(body: string): string {
  try {
    const { chart } = JSON.parse(body) as { chart: { error: { description: string } } };
    return chart.error.description;
  } catch {
    return body.trim().slice(0, 200) || "no description";
  }
}

/** Leaves out bars without a price and the session that has not ended. The later of two bars of a day counts. */
function finishedBars({ meta, quotes }: Chart, now: Date): DailyBar[] {
  const dayAt = exchangeDays(meta.exchangeTimezoneName);
  const today = dayAt(now);
  const sessionEnd = meta.currentTradingPeriod.regular.end;
  const hasSettled = dayAt(sessionEnd) === today && now.getTime() >= sessionEnd.getTime() + settlingMs;
  const bars = new Map<string, DailyBar>();
  for (const quote of quotes) {
    const { date, close, adjclose } = quote;
    const day = dayAt(date);
    const finished = day < today || (day === today && hasSettled);
    if (finished && close !== null && adjclose != null)
      bars.set(day, { day, close, adjClose: adjclose, ...tradedOf(quote) });
  }
  return [...bars.values()].toSorted((a, b) => toDay(a.day) - toDay(b.day));
}

/** Returns the day of an instant in the exchange's time zone. East of Greenwich a session opens on the day before in UTC. */
function exchangeDays(timeZone: string): (instant: Date) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (instant) => format.format(instant);
}

const nothing = () => undefined;
const silent = { info: nothing, warn: nothing, error: nothing, debug: nothing, dir: nothing };

/** The other columns of a day. Yahoo reports unknown prices as 0. */
function tradedOf({ open, high, low, volume }: Quote): Partial<DailyBar> {
  return {
    ...(open != null && open > 0 && { open }),
    ...(high != null && high > 0 && { high }),
    ...(low != null && low > 0 && { low }),
    ...(volume != null && { volume }),
  };
}

function firstLine(error: unknown): string {
  return firstLineOf(error instanceof Error ? error.message : String(error));
}
