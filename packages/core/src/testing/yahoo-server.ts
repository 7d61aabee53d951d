import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A bar as Yahoo sends it; null where it has no price. */
export interface YahooBar {
  /** ISO instant of the session's opening, or of the last trade. */
  readonly at: string;
  readonly close: number | null;
  readonly adjClose: number | null;
}

export interface YahooChart {
  readonly bars: readonly YahooBar[];
  readonly timeZone?: string;
  /** ISO instant at which the current session ends, or has ended. */
  readonly sessionEnd?: string;
}

export interface YahooServer extends AsyncDisposable {
  readonly origin: string;
  /** Path and query of every request. */
  readonly requests: readonly string[];
}

/**
 * Starts a server with the format of Yahoo's chart API on a loopback port. `answers` has a chart, or a status with a body, for
 * each ticker. Other tickers are answered as unknown.
 */
export async function startYahooServer(
  answers: Readonly<Record<string, YahooChart | { readonly status: number; readonly body: string }>>,
): Promise<YahooServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const { pathname } = new URL(request.url ?? "", "http://yahoo");
    const ticker = decodeURIComponent(pathname.replace("/v8/finance/chart/", ""));
    const answer = answers[ticker];
    if (answer === undefined) return send(response, 404, problem("Not Found", "No data found, symbol may be delisted"));
    if ("status" in answer) return send(response, answer.status, answer.body);
    return send(response, 200, JSON.stringify(chart(ticker, answer)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "application/json;charset=utf-8" }).end(body);
}

function problem(code: string, description: string): string {
  return JSON.stringify({ chart: { result: null, error: { code, description } } });
}

function chart(symbol: string, { bars, timeZone = "America/New_York", sessionEnd }: YahooChart) {
  const seconds = (instant: string) => Date.parse(instant) / 1000;
  const lastTrade = bars.at(-1)?.at ?? "2020-01-01T00:00:00Z";
  const end = seconds(sessionEnd ?? lastTrade);
  const period = (from: number, to: number) => ({ timezone: "EST", start: from, end: to, gmtoffset: -18_000 });
  const closes = bars.map(({ close }) => close);
  const quote = { open: closes, high: closes, low: closes, close: closes, volume: bars.map(() => 1000) };
  return {
    chart: {
      result: [
        {
          meta: {
            currency: "USD",
            symbol,
            exchangeName: "PCX",
            fullExchangeName: "NYSEArca",
            instrumentType: "ETF",
            firstTradeDate: 728_317_800,
            regularMarketTime: seconds(lastTrade),
            hasPrePostMarketData: true,
            gmtoffset: -18_000,
            timezone: "EST",
            exchangeTimezoneName: timeZone,
            regularMarketPrice: 100,
            fiftyTwoWeekHigh: 110,
            fiftyTwoWeekLow: 90,
            regularMarketDayHigh: 101,
            regularMarketDayLow: 99,
            regularMarketVolume: 1000,
            longName: symbol,
            shortName: symbol,
            chartPreviousClose: 100,
            priceHint: 2,
            currentTradingPeriod: {
              pre: period(end - 43_200, end - 23_400),
              regular: period(end - 23_400, end),
              post: period(end, end + 14_400),
            },
            dataGranularity: "1d",
            range: "",
            validRanges: ["1d", "5d", "1mo", "max"],
          },
          ...(bars.length > 0 && { timestamp: bars.map(({ at }) => seconds(at)) }),
          indicators: {
            quote: [bars.length > 0 ? quote : {}],
            adjclose: [bars.length > 0 ? { adjclose: bars.map(({ adjClose }) => adjClose) } : {}],
          },
        },
      ],
      error: null,
    },
  };
}
