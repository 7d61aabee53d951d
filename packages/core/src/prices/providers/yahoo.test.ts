import { describe, expect, it } from "vitest";
import { startYahooServer, type YahooBar, type YahooChart } from "../../testing/yahoo-server.ts";
import { fetchCsv } from "./fetch-csv.ts";
import { readPrices } from "../read-prices.ts";
import { yahoo } from "./yahoo.ts";

const later = () => new Date("2030-01-01T12:00:00Z");

describe("yahoo", () => {
  it("gives closes and adjusted closes by the exchange's day, oldest first, without bars that have no price", async () => {
    await using server = await startYahooServer({
      "^GSPC": {
        bars: [
          bar("2020-01-02T14:30:00Z", 216.16000366210938, 207.8722686767578),
          bar("2020-01-03T14:30:00Z", null, null),
          bar("2020-01-06T14:30:00Z", 99, null),
          bar("2020-07-01T13:30:00Z", 300, 290),
        ],
      },
    });
    expect(await yahoo({ origin: server.origin, now: later }).fetch("^GSPC")).toMatchObject([
      { day: "2020-01-02", close: 216.16000366210938, adjClose: 207.8722686767578 },
      { day: "2020-07-01", close: 300, adjClose: 290 },
    ]);
  });

  it("asks for daily bars of the whole history, or from a day on", async () => {
    await using server = await startYahooServer({ A: { bars: [bar("2020-01-02T14:30:00Z", 1, 1)] } });
    await yahoo({ origin: server.origin }).fetch("A");
    await yahoo({ origin: server.origin }).fetch("A", "2020-01-02");
    const [whole, part] = server.requests.map((request) => new URL(request, server.origin).searchParams);
    expect(whole?.get("interval")).toBe("1d");
    expect(Number(whole?.get("period1"))).toBeLessThan(Date.parse("1928-01-01") / 1000);
    expect(Number(part?.get("period1"))).toBe(Date.parse("2020-01-02") / 1000);
  });

  it.each([
    ["Asia/Tokyo", "2020-01-06T00:00:00Z", "2020-01-06"],
    ["Australia/Sydney", "2020-01-05T23:00:00Z", "2020-01-06"],
    // Midnight in London, in summer: the exchange's offset of that day counts, not the one of today.
    ["Europe/London", "2020-07-01T23:00:00Z", "2020-07-02"],
  ])("names the day as %s does", async (timeZone, at, day) => {
    await using server = await startYahooServer({ A: { bars: [bar(at, 1, 1)], timeZone } });
    expect(await yahoo({ origin: server.origin, now: later }).fetch("A")).toMatchObject([{ day }]);
  });

  it("keeps the later of two bars of one day", async () => {
    const bars = [
      bar("2020-01-02T14:30:00Z", 1, 1),
      bar("2020-01-02T21:00:00Z", 2, 2),
      bar("2020-01-02T21:00:01Z", null, null),
    ];
    await using server = await startYahooServer({ A: { bars } });
    const fetched = await yahoo({ origin: server.origin, now: later }).fetch("A");
    expect(fetched).toMatchObject([{ day: "2020-01-02", close: 2, adjClose: 2 }]);
  });

  it.each([
    ["while the session runs", "2024-03-15T15:00:00Z", "2024-03-15T20:00:00Z", ["2024-03-14"]],
    ["just after it", "2024-03-15T20:10:00Z", "2024-03-15T20:00:00Z", ["2024-03-14"]],
    ["once its last price has settled", "2024-03-15T21:01:00Z", "2024-03-15T20:00:00Z", ["2024-03-14", "2024-03-15"]],
    [
      "the day after, before the next session",
      "2024-03-16T12:00:00Z",
      "2024-03-15T20:00:00Z",
      ["2024-03-14", "2024-03-15"],
    ],
    ["when Yahoo still tells of the session before", "2024-03-15T15:00:00Z", "2024-03-14T20:00:00Z", ["2024-03-14"]],
  ])("takes the last bar for a close only when it is one: %s", async (_, now, sessionEnd, days) => {
    const chart: YahooChart = {
      bars: [bar("2024-03-14T13:30:00Z", 1, 1), bar("2024-03-15T14:59:58Z", 2, 2)],
      sessionEnd,
    };
    await using server = await startYahooServer({ A: chart });
    const fetched = await yahoo({ origin: server.origin, now: () => new Date(now) }).fetch("A");
    expect(fetched.map(({ day }) => day)).toEqual(days);
  });

  it.each([
    ["NONE", "not_found", "Yahoo has no prices of NONE: No data found, symbol may be delisted"],
    ["EMPTY", "not_found", "Yahoo has no prices of EMPTY since 1900-01-01"],
    ["LIMIT", "unavailable", "Yahoo's rate limit is reached; try again later"],
    ["DOWN", "unavailable", "Yahoo answered DOWN with status 503: Service Unavailable"],
    ["EARLY", "invalid", "Yahoo refuses EARLY: Data doesn't exist for startDate = 1, endDate = 2"],
    ["GARBAGE", "unavailable", /^Yahoo's answer for GARBAGE cannot be read: .{1,200}$/],
    ["OTHER", "unavailable", /^Yahoo's answer for OTHER cannot be read: .{1,200}$/],
  ])("says what is wrong with %s", async (ticker, code, message) => {
    await using server = await startYahooServer({
      EMPTY: { bars: [] },
      LIMIT: { status: 429, body: "Edge: Too Many Requests" },
      DOWN: { status: 503, body: "Service Unavailable" },
      EARLY: {
        status: 400,
        body: `{"chart":{"result":null,"error":{"code":"Bad Request","description":"Data doesn't exist for startDate = 1, endDate = 2"}}}`,
      },
      GARBAGE: { status: 200, body: "<html>\n<body>consent</body>\n</html>" },
      OTHER: {
        status: 200,
        body: `{"chart":{"result":[{"meta":{"symbol":"OTHER"},"indicators":{"quote":[{}]}}],"error":null}}`,
      },
    });
    await expect(yahoo({ origin: server.origin, now: later }).fetch(ticker)).rejects.toMatchObject({
      name: "DomainError",
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it("reports that it cannot be reached", async () => {
    const server = await startYahooServer({});
    await server[Symbol.asyncDispose]();
    await expect(yahoo({ origin: server.origin }).fetch("A")).rejects.toMatchObject({
      code: "unavailable",
      message: `Yahoo could not be reached: connect ECONNREFUSED ${new URL(server.origin).host}`,
    });
  });
});

describe("fetchCsv", () => {
  it("writes what a provider has as a file that can be read, each ticker once", async () => {
    await using server = await startYahooServer({
      "^GSPC": { bars: [bar("2020-01-02T14:30:00Z", 1 / 3, 0.1)] },
      SPY: { bars: [bar("2020-01-02T14:30:00Z", 5, 4), bar("2020-01-03T14:30:00Z", 6, 5)] },
    });
    const provider = yahoo({ origin: server.origin, now: later });
    const csv = fetchCsv({ provider, tickers: ["^GSPC", "SPY", "^GSPC"] });
    expect(await Array.fromAsync(readPrices(csv, { name: "yahoo" }))).toMatchObject([
      {
        ticker: "^GSPC",
        day: "2020-01-02",
        close: 1 / 3,
        adjClose: 0.1,
        open: 1 / 3,
        high: 1 / 3,
        low: 1 / 3,
        volume: 1000,
      },
      { ticker: "SPY", day: "2020-01-02", close: 5, adjClose: 4 },
      { ticker: "SPY", day: "2020-01-03", close: 6, adjClose: 5 },
    ]);
    expect(server.requests).toHaveLength(2);
  });

  it("fails when one ticker fails", async () => {
    await using server = await startYahooServer({ SPY: { bars: [bar("2020-01-02T14:30:00Z", 5, 4)] } });
    const provider = yahoo({ origin: server.origin, now: later });
    const fetching = (tickers: string[]) =>
      Array.fromAsync(readPrices(fetchCsv({ provider, tickers }), { name: "yahoo" }));
    await expect(fetching(["SPY", "NONE"])).rejects.toMatchObject({ code: "not_found" });
    await expect(fetching(["S,P"])).rejects.toMatchObject({ code: "invalid", message: '"S,P" is not a ticker' });
  });
});

function bar(at: string, close: number | null, adjClose: number | null): YahooBar {
  return { at, close, adjClose };
}
