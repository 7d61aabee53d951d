import { expect, it } from "vitest";
import type { Db } from "../connection/database.ts";
import { connectDatabase } from "../connection/connect.ts";
import { insertPrices, type PriceRow, publishPrices, startPriceImport } from "./price-imports.ts";
import { listTickers, loadPrices } from "./prices.ts";
import { describeDatabases } from "../testing/index.ts";

describeDatabases("prices", (create) => {
  it("loads every float exactly, oldest day first, in the given order, without missing tickers", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const closes = [0.1, 1 / 3, Number.MIN_VALUE, Number.MAX_VALUE, 4.9e-300, 123_456_789.123_456_78, 2 ** 53];
    const rows = closes.map((adjClose, index) => bar("B", `2020-01-0${index + 1}`, adjClose));
    await load(database.db, "file.csv", [...rows, bar("A", "1969-12-31", 7)]);
    const loaded = await loadPrices(database.db, ["missing", "B", "no\0text", "A"]);
    expect(loaded.map(({ ticker }) => ticker)).toEqual(["B", "A"]);
    expect(loaded[0]?.closes).toEqual(Float64Array.from(closes));
    expect(loaded[0]?.days).toEqual(Int32Array.from(closes, (_, index) => 18_262 + index));
    expect(loaded[1]?.days).toEqual(Int32Array.of(-1));
    expect(loaded[0]).toMatchObject({ source: "file.csv", sha256: "B".repeat(4), importId: 1 });
    expect(await loadPrices(database.db, [])).toEqual([]);
  });

  it("lists held tickers in alphabetical order", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    expect(await listTickers(database.db)).toEqual([]);
    await load(database.db, "file.csv", [bar("B", "2020-01-02"), bar("A", "2020-01-01"), bar("B", "2020-01-03")]);
    expect(await listTickers(database.db)).toMatchObject([
      { ticker: "A", firstDay: "2020-01-01", lastDay: "2020-01-01", rows: 1, source: "file.csv", exchange: "XNYS" },
      { ticker: "B", firstDay: "2020-01-02", lastDay: "2020-01-03", rows: 2, source: "file.csv", exchange: "XNYS" },
    ]);
  });

  it("keeps bars, and loads the columns asked for", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const day = { ticker: "A", day: "2020-01-01", close: 4, adjClose: 2 };
    const rows = [
      { ...day, open: 1 / 3, volume: 2 ** 40 },
      { ...day, day: "2020-01-02", open: null, volume: 0 },
    ];
    await load(database.db, "bars.csv", rows);
    const [loaded] = await loadPrices(database.db, ["A"], ["open", "high", "volume", "close"]);
    expect(loaded!.columns).toEqual({
      open: Float64Array.of(1 / 3, Number.NaN),
      high: Float64Array.of(Number.NaN, Number.NaN),
      volume: Float64Array.of(2 ** 40, 0),
      close: Float64Array.of(4, 4),
    });
  });

  it("accepts any name of a ticker", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const names = [`{"a\\b"}`, "null", "^GSPC", "'; drop table prices --", "한국"];
    await load(
      database.db,
      "file.csv",
      names.map((name) => bar(name, "2020-01-01")),
    );
    expect((await loadPrices(database.db, names)).map(({ ticker }) => ticker)).toEqual(names);
  });
});

function bar(ticker: string, day: string, adjClose = 1): PriceRow {
  return { ticker, day, close: null, adjClose };
}

async function load(db: Db, source: string, rows: readonly PriceRow[]): Promise<void> {
  const importId = await startPriceImport(db, source);
  await insertPrices(db, importId, rows);
  const tickers = [...Map.groupBy(rows, ({ ticker }) => ticker)].map(([ticker, own]) => ({
    ticker,
    firstDay: own[0]!.day,
    lastDay: own.at(-1)!.day,
    rows: own.length,
    sha256: "B".repeat(4),
    exchange: null,
    usualExchange: "XNYS",
    bars: [],
    warnings: [],
  }));
  await publishPrices(db, importId, tickers);
}
