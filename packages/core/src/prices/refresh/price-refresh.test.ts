import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getPrices, importPrices, listPrices, refreshPrices } from "../../operations/index.ts";
import { type PriceSite, startPriceSite } from "../../testing/price-site.ts";
import { type Service, startService } from "../../testing/service.ts";
import { createPriceProviders } from "../providers/price-providers.ts";
import type { DailyBar } from "../providers/price-provider.ts";
import { refusalOf } from "./compare-prices.ts";

describeDatabases("refreshPrices", (create) => {
  let test: TestDatabase;
  let service: Service;
  let site: PriceSite;
  /** What the site answers: CSV, or the statuses that it answers one after another first. */
  const csv = new Map<string, string>();
  const troubles: number[] = [];
  beforeAll(async () => {
    test = await create();
    site = await startPriceSite(({ url }) => {
      const trouble = troubles.shift();
      if (trouble !== undefined) return { status: trouble };
      return csv.get(url.slice(1, -4)) ?? { status: 404 };
    });
    service = await startService(test.options, {
      priceProviders: createPriceProviders({ provider: "files", files: site.origin }),
      refreshWaitsMs: [1, 1],
    });
  });
  beforeEach(() => {
    csv.clear();
    troubles.length = 0;
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("adds new days, takes over rebased adjusted closes, and says what was there already", async () => {
    await load("A", "2024-01-02,10,5\n2024-01-03,11,5.5\n");
    csv.set("A", file("2024-01-02,10,4.9\n2024-01-03,11,5.39\n2024-01-04,12,6\n"));
    expect(await refresh("A")).toEqual({
      ticker: "A",
      outcome: "replaced",
      provider: "files",
      first_day: "2024-01-02",
      last_day: "2024-01-04",
      rows: 3,
      new_days: 1,
      message: null,
    });
    expect(await getPrices.call(service.ctx, { ticker: "A" })).toMatchObject({
      source: "files",
      adj_close: [4.9, 5.39, 6],
    });
    expect(await refresh("A")).toMatchObject({ outcome: "unchanged", rows: 3, new_days: 0 });
    expect((await refreshPrices.call(service.ctx, {})).tickers).toMatchObject([{ ticker: "A", outcome: "unchanged" }]);
  });

  it("keeps what the provider contradicts, and says why", async () => {
    await load("B", "2024-01-02,10,5\n2024-01-03,11,5.5\n");
    csv.set("B", file("2024-01-03,11,5.5\n2024-01-04,12,6\n"));
    expect(await refresh("B")).toMatchObject({
      outcome: "refused",
      message: "a stored day would be lost: 2024-01-02",
      last_day: "2024-01-03",
    });
    csv.set("B", file("2024-01-02,10.02,5\n2024-01-03,11,5.5\n2024-01-04,12,6\n"));
    expect(await refresh("B")).toMatchObject({
      outcome: "refused",
      message: "a stored close would change: 10 to 10.02 on 2024-01-02",
    });
    csv.set("B", file("2024-01-02,5,5\n2024-01-03,5.5,5.5\n2024-01-04,6,6\n"));
    expect((await refresh("B")).message).toMatch(/as by a split\. Load the ticker anew$/);
    expect(await getPrices.call(service.ctx, { ticker: "B" })).toMatchObject({ close: [10, 11] });
  });

  it("stores new tickers, and leaves out a day that has not ended", async () => {
    const today = new Date().toISOString().slice(0, 10);
    csv.set("NEW", file(`2024-01-02,10,5\n2099-01-05,1,1\n`));
    expect(await refresh("NEW")).toMatchObject({ outcome: "new", last_day: "2024-01-02", new_days: 1 });
    csv.set("LATER", file(`2099-01-05,1,1\n`));
    expect(await refresh("LATER")).toMatchObject({
      outcome: "failed",
      message: "files has no finished day yet",
      rows: 0,
    });
    expect((await listPrices.call(service.ctx, {})).prices.every(({ last_day }) => last_day <= today)).toBe(true);
  });

  it("asks again after growing waits, and names each ticker's outcome when a provider stays down", async () => {
    csv.set("C", file("2024-01-02,10,5\n"));
    csv.set("D", file("2024-01-02,10,5\n"));
    troubles.push(429, 503);
    expect(await refresh("C")).toMatchObject({ outcome: "new" });
    troubles.push(503, 503, 503, 503);
    const before = site.requests.length;
    const { tickers } = await refreshPrices.call(service.ctx, { tickers: ["D", "C", "NONE"] });
    expect(tickers.map(({ ticker, outcome, message }) => [ticker, outcome, message])).toEqual([
      ["C", "failed", "The address of prices answered C with status 503"],
      ["D", "failed", "The address of prices answered D with status 503"],
      ["NONE", "failed", "There is no file of NONE"],
    ]);
    // Only the first ticker waits for a provider that is down.
    expect(site.requests.length - before).toBe(5);
  });

  it("goes on where a page of tickers ended", async () => {
    for (const ticker of ["P1", "P2", "P3"]) csv.set(ticker, file("2024-01-02,10,5\n"));
    const tickers = ["P3", "P1", "P2"];
    const first = await refreshPrices.call(service.ctx, { tickers, limit: 2 });
    expect([first.tickers.map(({ ticker }) => ticker), first.next_cursor]).toEqual([["P1", "P2"], "P2"]);
    const second = await refreshPrices.call(service.ctx, { tickers, limit: 2, cursor: first.next_cursor });
    expect([second.tickers.map(({ ticker }) => ticker), second.next_cursor]).toEqual([["P3"], null]);
  });

  it("does not overwrite an import that comes while the provider answers", async () => {
    await load("RACE", "2024-01-02,10,5\n");
    csv.set("RACE", file("2024-01-02,10,5\n2024-01-03,11,5.5\n"));
    const imported = load("RACE", "2024-01-02,10,5\n2024-01-03,11,5.5\n2024-01-04,12,6\n");
    await Promise.all([imported, refresh("RACE")]);
    expect(await getPrices.call(service.ctx, { ticker: "RACE" })).toMatchObject({ close: [10, 11, 12] });
  });

  it("asks no provider for an upload while none is chosen", async () => {
    await using own = await create();
    await using other = await startService(own.options, {
      priceProviders: createPriceProviders({ files: "/nonexistent" }),
    });
    await importPrices.call(other.ctx, { ticker: "U", csv: file("2024-01-02,10,5\n") });
    expect((await refreshPrices.call(other.ctx, {})).tickers).toMatchObject([
      { ticker: "U", outcome: "skipped", message: expect.stringContaining("set PRICES_PROVIDER"), provider: null },
    ]);
  });

  async function refresh(ticker: string) {
    return (await refreshPrices.call(service.ctx, { tickers: [ticker] })).tickers[0]!;
  }

  function load(ticker: string, rows: string) {
    return importPrices.call(service.ctx, { ticker, csv: file(rows) });
  }
});

describe("refusalOf", () => {
  const bars = (...closes: (number | null)[]) =>
    closes.map((close, index): DailyBar => ({ day: `2024-01-0${index + 1}`, close, adjClose: close ?? 1 }));

  it.each<[string, DailyBar[], DailyBar[]]>([
    ["numbers of 32 bits", bars(470.45, 12.3), bars(470.45001220703125, 12.300000190734863)],
    ["rounding to cents", bars(470.4512, 12.3449), bars(470.45, 12.34)],
    ["unknown closes", bars(null, null), bars(3, 3)],
    ["nothing stored", [], bars(1)],
  ])("lets pass: %s", (_, stored, fetched) => expect(refusalOf(stored, fetched)).toBeUndefined());

  it.each<[string, DailyBar[], DailyBar[], RegExp]>([
    ["a cent", bars(470.45), bars(470.46), /^a stored close would change: 470\.45 to 470\.46/],
    ["lost columns", [{ ...bars(1)[0]!, volume: 3 }], bars(1), /^volume would be lost/],
    [
      "adjusted closes of another instrument",
      [100, 101, 90].map((adjClose, i) => ({ day: `2024-01-0${i + 1}`, close: null, adjClose })),
      [50, 53, 51].map((adjClose, i) => ({ day: `2024-01-0${i + 1}`, close: null, adjClose })),
      /^the adjusted closes disagree/,
    ],
  ])("refuses: %s", (_, stored, fetched, reason) => expect(refusalOf(stored, fetched)).toMatch(reason));
});

function file(rows: string): string {
  return `date,close,adj_close\n${rows}`;
}
