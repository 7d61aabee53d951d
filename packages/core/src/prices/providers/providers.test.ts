import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { type SiteAnswer, startPriceSite } from "../../testing/price-site.ts";
import { files } from "./files.ts";
import { finishedBars } from "./finished-bars.ts";
import type { PriceProvider } from "./price-provider.ts";
import { createPriceProviders } from "./price-providers.ts";
import { askProvider } from "./provider-request.ts";
import { stooq } from "./stooq.ts";
import { tiingo } from "./tiingo.ts";

const stooqCsv = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,10\n2024-01-03,1,2,0.5,1.75,20\n";
const tiingoDays = [
  {
    date: "2024-01-02T00:00:00.000Z",
    close: 470.45,
    high: 473,
    low: 469,
    open: 472,
    volume: 100,
    adjClose: 460.1,
    adjHigh: 462,
    adjLow: 459,
    adjOpen: 461,
    adjVolume: 100,
    divCash: 0,
    splitFactor: 1,
  },
  { date: "2024-01-03T00:00:00.000Z", close: 471, adjClose: 461, open: 0, high: 0, low: 0, volume: 0 },
];

describe("stooq", () => {
  it("reads its CSV. Its closes are adjusted ones", async () => {
    await using site = await startPriceSite(() => stooqCsv);
    expect(await stooq(site).fetch("SPY")).toEqual([
      { day: "2024-01-02", close: null, adjClose: 1.5 },
      { day: "2024-01-03", close: null, adjClose: 1.75 },
    ]);
    await stooq(site).fetch("^SPX", "2024-01-02");
    await stooq(site).fetch("CDR.PL&x=1");
    expect(site.requests.map(({ url }) => url)).toEqual([
      "/q/d/l/?s=spy.us&i=d",
      "/q/d/l/?s=%5Espx&i=d&d1=20240102",
      "/q/d/l/?s=cdr.pl%26x%3D1&i=d",
    ]);
  });

  it.each<[string, SiteAnswer | string, string, string | RegExp]>([
    ["no data", "No data", "not_found", "Stooq has no prices of A"],
    [
      "its limit of a day",
      "Exceeded the daily hits limit",
      "unavailable",
      "Stooq's rate limit is reached; try again later",
    ],
    ["429", { status: 429, body: "slow down" }, "unavailable", "Stooq's rate limit is reached; try again later"],
    ["a page", "<!doctype html><p>Please consent</p>", "unavailable", "Stooq answered A with a page instead of CSV"],
    ["an empty answer", "", "unavailable", "Stooq's answer for A is empty"],
    ["other text", "Get your key", "unavailable", "Stooq's answer for A is not CSV: Get your key"],
    [
      "a cut file",
      "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,10\n2024-01-03,1,",
      "unavailable",
      /cannot be read/,
    ],
    ["a connection that breaks", { body: "Date,Open", breaks: true }, "unavailable", /^Stooq could not be reached: /],
    ["503", { status: 503 }, "unavailable", "Stooq answered A with status 503"],
  ])("says what is wrong with %s", async (_, answer, code, message) => {
    await using site = await startPriceSite(() => answer);
    const error = await errorOf(stooq(site));
    expect(error).toMatchObject({
      name: "DomainError",
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(error.message).not.toContain("s3cret");
  });
});

describe("tiingo", () => {
  it("asks with the token in a header, and reads closes as traded, adjusted ones and bars", async () => {
    await using site = await startPriceSite(() => JSON.stringify(tiingoDays));
    expect(await tiingo({ ...site, token: "s3cret" }).fetch("BRK/B", "2024-01-02")).toEqual([
      { day: "2024-01-02", close: 470.45, adjClose: 460.1, open: 472, high: 473, low: 469, volume: 100 },
      { day: "2024-01-03", close: 471, adjClose: 461, volume: 0 },
    ]);
    const [{ url, headers }] = site.requests as [{ url: string; headers: Record<string, string> }];
    expect(url).toBe("/tiingo/daily/BRK%2FB/prices?startDate=2024-01-02&format=json");
    expect(headers["authorization"]).toBe("Token s3cret");
  });

  it.each<[string, SiteAnswer | string, string, string | RegExp]>([
    [
      "an unknown ticker",
      { status: 404, body: '{"detail":"Not found."}' },
      "not_found",
      "Tiingo has no prices of A: Not found.",
    ],
    [
      "a wrong token",
      { status: 401, body: '{"detail":"Invalid token s3cret."}' },
      "unavailable",
      "Tiingo refuses the token: Invalid token ***.",
    ],
    ["429", { status: 429, body: '{"detail":"over your hourly allocation"}' }, "unavailable", /rate limit is reached/],
    [
      "a limit with status 200",
      '{"detail":"Error: over your request allocation"}',
      "unavailable",
      /cannot be read: Error: over/,
    ],
    [
      "a page",
      "<html>\n<body>maintenance</body></html>",
      "unavailable",
      "Tiingo's answer for A cannot be read: <html>",
    ],
    ["an empty answer", "", "unavailable", /^Tiingo's answer for A cannot be read/],
    ["no days", "[]", "not_found", "Tiingo has no prices of A since 1900-01-01"],
    [
      "days without closes",
      '[{"date":"2024-01-02T00:00:00.000Z","close":null,"adjClose":1}]',
      "unavailable",
      /cannot be read/,
    ],
  ])("says what is wrong with %s, never the token", async (_, answer, code, message) => {
    await using site = await startPriceSite(() => answer);
    const error = await errorOf(tiingo({ ...site, token: "s3cret" }));
    expect(error).toMatchObject({
      name: "DomainError",
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(error.message).not.toContain("s3cret");
  });
});

describe("files", () => {
  it("reads a folder: one file for each ticker, whatever its layout", async () => {
    const place = await mkdtemp(join(tmpdir(), "prices-"));
    try {
      await writeFile(join(place, "SPY.csv"), "date,ticker,close,adj_close\n2024-01-02,SPY,2,1\n2024-01-02,QQQ,9,9\n");
      await writeFile(join(place, "^GSPC.csv"), "일자,종가,거래량\n2024/01/03,5,7\n2024/01/02,4,6\n");
      await writeFile(join(place, "EMPTY.csv"), "");
      await writeFile(join(place, "BAD.csv"), "date,close\n2024-01-02,x\n");
      await writeFile(join(place, "A%2FB.csv"), "date,close\n2024-01-02,3\n");
      const folder = files({ place });
      expect(await folder.fetch("SPY")).toEqual([{ day: "2024-01-02", close: 2, adjClose: 1 }]);
      expect(await folder.fetch("^GSPC", "2024-01-03")).toEqual([
        { day: "2024-01-03", close: 5, adjClose: 5, volume: 7 },
      ]);
      expect(await folder.fetch("A/B")).toHaveLength(1);
      await expect(folder.fetch("NONE")).rejects.toMatchObject({
        code: "not_found",
        message: "There is no file of NONE",
      });
      await expect(folder.fetch("EMPTY")).rejects.toMatchObject({ code: "unavailable" });
      await expect(folder.fetch("BAD")).rejects.toMatchObject({ code: "unavailable", message: /line 2/ });
      await expect(files({ place: join(place, "in") }).fetch("../SPY")).rejects.toMatchObject({ code: "not_found" });
    } finally {
      await rm(place, { recursive: true });
    }
  });

  it("reads an address, where the ticker stands for itself", async () => {
    await using site = await startPriceSite(({ url }) =>
      url.includes("NONE") ? { status: 404 } : "date,close\n2024-01-02,3\n",
    );
    expect(await files({ place: site.origin }).fetch("SPY")).toEqual([{ day: "2024-01-02", close: 3, adjClose: 3 }]);
    await files({ place: `${site.origin}/eod/{ticker}?f=csv` }).fetch("A/../B");
    expect(site.requests.map(({ url }) => url)).toEqual(["/SPY.csv", "/eod/A%2F..%2FB?f=csv"]);
    await expect(files({ place: site.origin }).fetch("NONE")).rejects.toMatchObject({ code: "not_found" });
  });

  it.each<[string, SiteAnswer | string, string, string | RegExp]>([
    ["a page", "<html></html>", "unavailable", "The address of prices answered A with a page"],
    ["an empty file", "", "unavailable", "The file of A is empty"],
    ["429", { status: 429 }, "unavailable", /rate limit/],
    ["403", { status: 403 }, "unavailable", "The address of prices answered A with status 403"],
  ])("says what is wrong with %s", async (_, answer, code, message) => {
    await using site = await startPriceSite(() => answer);
    const error = await errorOf(files({ place: site.origin }));
    expect(error).toMatchObject({
      name: "DomainError",
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
    expect(error.message).not.toContain("s3cret");
  });
});

describe("every provider", () => {
  it("follows redirects within its origin only, so that no other host gets the token", async () => {
    await using other = await startPriceSite(() => JSON.stringify(tiingoDays));
    await using site = await startPriceSite(({ url }) =>
      url.startsWith("/moved")
        ? JSON.stringify(tiingoDays)
        : { status: 302, headers: { location: url.includes("AWAY") ? other.origin : `/moved${url}` } },
    );
    const provider = tiingo({ ...site, token: "s3cret" });
    expect(await provider.fetch("STAY")).toHaveLength(2);
    await expect(provider.fetch("AWAY")).rejects.toMatchObject({ message: "Tiingo redirects to another host" });
    expect(other.requests).toEqual([]);
  });

  it("has a deadline and a limit of bytes", async () => {
    await using silent = await startPriceSite(() => null);
    const url = new URL(silent.origin);
    await expect(askProvider({ provider: "P", url, timeoutMs: 50 })).rejects.toMatchObject({
      code: "unavailable",
      message: "P could not be reached: no answer within 0.05 s",
    });
    await using large = await startPriceSite(() => "x".repeat(2_000));
    await expect(askProvider({ provider: "P", url: new URL(large.origin), maxBytes: 1_000 })).rejects.toMatchObject({
      message: "P's answer is larger than 1000 bytes",
    });
  });

  it("is the one that prices came from if it is set up, otherwise the chosen one", () => {
    const of = (settings: Parameters<typeof createPriceProviders>[0], source: string) =>
      createPriceProviders(settings).of(source)?.name;
    expect(of({}, "yahoo")).toBe("yahoo");
    expect(of({}, "upload")).toBeUndefined();
    expect(of({ provider: "stooq" }, "upload")).toBe("stooq");
    expect(of({ provider: "stooq" }, "yahoo")).toBe("stooq");
    expect(of({ provider: "stooq", files: "/f" }, "files")).toBe("files");
    expect(createPriceProviders({ provider: "tiingo", tiingoToken: "t" }).usual.name).toBe("tiingo");
    expect(() => createPriceProviders({ provider: "tiingo" })).toThrow("not set up");
  });
});

describe("finishedBars", () => {
  const days = (exchange: "XNYS" | "XKRX", now: string, settlingMs = 0) =>
    finishedBars(
      ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"].map((day) => ({ day, close: 1, adjClose: 1 })),
      findExchange(exchange),
      { now: Date.parse(now), settlingMs },
    ).map(({ day }) => day.slice(8));

  it.each([
    // The day after Thanksgiving closes at 13:00 in New York, which is 18:00 in Greenwich.
    ["before an early close", "XNYS", "2026-11-27T17:59:59Z", ["25", "26"]],
    ["at an early close", "XNYS", "2026-11-27T18:00:00Z", ["25", "26", "27"]],
    ["before an ordinary close", "XNYS", "2026-11-30T20:59:59Z", ["25", "26", "27"]],
    ["at an ordinary close", "XNYS", "2026-11-30T21:00:00Z", ["25", "26", "27", "30"]],
    ["in Seoul, where it is tomorrow already", "XKRX", "2026-11-27T06:30:00Z", ["25", "26", "27"]],
  ] as const)("takes no price of half a day for a close: %s", (_, exchange, now, expected) => {
    expect(days(exchange, now)).toEqual(expected);
  });

  it("waits until late trades are in", () => {
    expect(days("XNYS", "2026-11-30T21:30:00Z", 3_600_000)).toEqual(["25", "26", "27"]);
    expect(days("XNYS", "2026-11-30T22:00:00Z", 3_600_000)).toEqual(["25", "26", "27", "30"]);
  });
});

async function errorOf(provider: PriceProvider): Promise<Error> {
  return provider.fetch("A").then(
    () => new Error("It was not refused"),
    (error: Error) => error,
  );
}
