import { clearExchangeDay, connectDatabase, setExchangeDay } from "@strategy-executor/db";
import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import type { ExchangeName } from "../exchanges/exchange.ts";
import { runStrategy } from "../backtest/run-strategy.ts";
import { toIsoDay } from "../market/calendar.ts";
import type { Market } from "../market/price-table.ts";
import { executeStrategy, getExecution } from "../operations/index.ts";
import { movingAverageCrossover } from "../strategies/index.ts";
import { startService } from "../testing/service.ts";
import { watchExecution } from "../operations/executions/watch-execution.ts";
import { importPrices } from "./import-prices.ts";
import { importSeries } from "./import-series.ts";
import { storedMarket } from "./stored-market.ts";

const readsPrices = (statement: string) => /\bfrom prices\b/.test(statement);

describeDatabases("storedMarket", (create) => {
  it("reads prices once for many executions, until they change", async () => {
    const statements: string[] = [];
    await using test = await create();
    let stored: Market | undefined;
    const market: Market = { load: (tickers) => stored!.load(tickers) };
    const options = { ...test.options, onStatement: (statement: string) => void statements.push(statement) };
    await using service = await startService(options, { market });
    const { db } = service.database;
    stored = storedMarket(db);
    const run = async () => {
      const parameters = { symbol: "X", use_real_data: true, short_window: 1, long_window: 2 };
      const submission = { strategy_name: "MovingAverageCrossover", parameters };
      const { execution_id } = await executeStrategy.call(service.ctx, submission);
      await Array.fromAsync(watchExecution(service.ctx, { execution_id, after: 0 }, AbortSignal.timeout(20_000)));
      return (await getExecution.call(service.ctx, { execution_id })).result;
    };
    await importPrices(db, { name: "a.csv", csv: csvOf([1, 2, 3, 4]) });
    statements.length = 0;
    const first = await run();
    for (let repetition = 0; repetition < 5; repetition += 1) expect(await run()).toEqual(first);
    expect(statements.filter(readsPrices)).toHaveLength(1);

    await importPrices(db, { name: "b.csv", csv: csvOf([1, 2, 3, 5]) });
    statements.length = 0;
    expect((await run())!["final_value"]).not.toBe(first!["final_value"]);
    await run();
    expect(statements.filter(readsPrices)).toHaveLength(1);
  });

  it("repeats in results what the import found odd, as far as it was known at the end of the run", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    await importPrices(database.db, { name: "a.csv", csv: csvOf([1, 1.1, 2.2, 1]) });
    const market = storedMarket(database.db);
    const warningsUntil = async (end_date?: string) => {
      const parameters = { symbol: "X", use_real_data: true, short_window: 1, long_window: 2, end_date };
      const outcome = await runStrategy(movingAverageCrossover, parameters, market);
      return outcome.result.data.warnings;
    };
    const up = { ticker: "X", kind: "jump", day: "2020-01-03", message: expect.stringContaining("(+100 %)") };
    const down = { ticker: "X", kind: "jump", day: "2020-01-04", message: expect.stringContaining("(-55 %)") };
    expect(await warningsUntil()).toEqual([up, down]);
    expect(await warningsUntil("2020-01-03")).toEqual([up]);
    const synthetic = await runStrategy(movingAverageCrossover, {}, market);
    expect(synthetic.result.data).not.toHaveProperty("warnings");
  });

  it("asks the exchanges of the tickers, and the days that operators have set, when the month ends", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const market = storedMarket(db);
    const import_ = (ticker: string, exchange?: ExchangeName) =>
      importPrices(db, { name: "a.csv", ticker, exchange, csv: bytes("date,close,adj_close\n2026-12-30,,1\n") });
    const next = async (...tickers: string[]) => toIsoDay((await market.load(tickers)).nextSession);
    await import_("SPY");
    await import_("005930");
    await import_("069500.KS");
    expect(await next("SPY")).toBe("2026-12-31");
    expect(await next("005930", "069500.KS")).toBe("2027-01-04");
    expect(await next("005930", "SPY")).toBe("2026-12-31");

    await setExchangeDay(db, { exchange: "XNYS", day: "2026-12-31", session: false, close: null, note: null });
    expect(await next("SPY")).toBe("2027-01-04");
    expect((await market.load(["SPY"])).exceptions).toEqual(["XNYS 2026-12-31 closed"]);
    expect((await market.load(["005930"])).exceptions).toEqual([]);
    await clearExchangeDay(db, "XNYS", "2026-12-31");
    expect(await next("SPY")).toBe("2026-12-31");

    // The same rows again leave what was named, and what is named now counts at once.
    await import_("SPY", "XKRX");
    expect(await next("SPY")).toBe("2027-01-04");
    await import_("SPY");
    expect(await next("SPY")).toBe("2027-01-04");
  });

  it("loads adjusted bars where they are asked for, and caches them apart from the closes", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const csv =
      "date,ticker,open,high,low,close,adj_close,volume\n" +
      "2020-01-01,A,8,12,6,10,5,100\n2020-01-02,A,,12,6,,5,0\n2020-01-01,B,,,,10,5,\n2020-01-02,B,,,,10,5,\n";
    await importPrices(db, { name: "bars.csv", csv: bytes(csv) });
    const market = storedMarket(db);
    expect((await market.load(["A", "B"])).bars).toEqual([{}, {}]);
    const table = await market.load(["A", "B"], { bars: ["open", "low", "volume"], series: [] });
    expect(table.bars).toEqual([
      // Without the close of a day nothing says how its bar is adjusted.
      {
        open: Float64Array.of(4, Number.NaN),
        low: Float64Array.of(3, Number.NaN),
        volume: Float64Array.of(100, 0),
      },
      {},
    ]);
    expect(await market.load(["A", "B"], { bars: ["open", "low", "volume"], series: [] })).toBe(table);
    expect((await market.load(["A", "B"])).bars).toEqual([{}, {}]);
  });

  it("serves bars and data series to executions", async () => {
    let stored: Market | undefined;
    await using test = await create();
    await using service = await startService(test.options, {
      market: { load: (tickers, extras) => stored!.load(tickers, extras) },
    });
    const { db } = service.database;
    stored = storedMarket(db);
    const days = Array.from({ length: 40 }, (_, index) =>
      new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10),
    );
    const rows = days.map((day, index) => `${day},${index + 10.5},${index + 10},${index + 10}\n`);
    const run = async (strategy_name: string, parameters: object) => {
      const given = { symbol: "X", use_real_data: true, ...parameters };
      const { execution_id } = await executeStrategy.call(service.ctx, { strategy_name, parameters: given });
      await Array.fromAsync(watchExecution(service.ctx, { execution_id, after: 0 }, AbortSignal.timeout(20_000)));
      return getExecution.call(service.ctx, { execution_id });
    };
    await importPrices(db, { name: "x.csv", ticker: "X", csv: bytes(`date,open,close,adj_close\n${rows.join("")}`) });
    const crossover = { short_window: 1, long_window: 2, fill: "next_open" };
    // Long by the second close, 11, it buys at the third open.
    expect(await run("MovingAverageCrossover", crossover)).toMatchObject({
      status: "completed",
      result: { trades: [{ entry_price: 12.5 }] },
    });
    expect(await run("DonchianBreakout", { bars: "high_low" })).toMatchObject({
      status: "failed",
      error_message: expect.stringMatching(/^No high of X: .* Import a file that has the column/),
    });
  });

  it("loads data series where they are asked for, until they change", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    await importPrices(db, { name: "a.csv", csv: csvOf([1, 2]) });
    const load = (csv: string) => importSeries(db, { series: "RATE", name: "r.csv", csv: bytes(csv) });
    const market = storedMarket(db);
    const extras = { bars: [], series: ["NONE", "RATE"] };
    expect((await market.load(["X"], extras)).series).toEqual([]);
    await load("month,value,known_on\n2020-01,1.5,2020-02-07\n2020-02,,\n2020-03,2,\n");
    const table = await market.load(["X"], extras);
    const isoDays = (days: Int32Array) => Array.from(days, toIsoDay);
    expect(table.series.map((one) => [one.name, isoDays(one.days), isoDays(one.knownOn), [...one.values]])).toEqual([
      ["RATE", ["2020-01-01", "2020-03-01"], ["2020-02-07", "2020-03-01"], [1.5, 2]],
    ]);
    expect(await market.load(["X"], extras)).toBe(table);
    expect((await market.load(["X"])).series).toEqual([]);
    await load("month,value\n2020-03,2\n2020-01,1\n");
    expect((await market.load(["X"], extras)).series[0]!.values).toEqual(Float64Array.of(1, 2));
  });

  it("stays within its limit and evicts the least recently used table", async () => {
    const statements: string[] = [];
    await using test = await create();
    const options = { ...test.options, onStatement: (statement: string) => void statements.push(statement) };
    await using database = await connectDatabase(options);
    const rows = ["A", "B", "C"].map((ticker) => `2020-01-01,${ticker},,1\n2020-01-02,${ticker},,2\n`);
    await importPrices(database.db, { name: "abc.csv", csv: bytes(`date,ticker,close,adj_close\n${rows.join("")}`) });
    // Each table takes two days and two closes: 2 x 4 + 2 x 8 bytes.
    const market = storedMarket(database.db, 48);
    const loads = async (ticker: string) => {
      statements.length = 0;
      const { closes } = await market.load([ticker]);
      expect(closes[0]!.buffer).toBeInstanceOf(SharedArrayBuffer);
      return statements.filter(readsPrices).length;
    };
    const order = ["A", "B", "A", "C", "A", "B"];
    const read: number[] = [];
    for (const ticker of order) read.push(await loads(ticker));
    expect(read).toEqual([1, 1, 0, 1, 0, 1]);
  });
});

function csvOf(closes: readonly number[]): AsyncIterable<Uint8Array> {
  const rows = closes.map((close, day) => `2020-01-0${day + 1},X,,${close}\n`);
  return bytes(`date,ticker,close,adj_close\n${rows.join("")}`);
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
