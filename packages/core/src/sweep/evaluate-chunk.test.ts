import { expect, it } from "vitest";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { runStrategy } from "../backtest/run-strategy.ts";
import { noMarket } from "../testing/prices.ts";
import { checkSweep } from "./check-sweep.ts";
import { evaluateChunk } from "./evaluate-chunk.ts";
import { Grid, openGrid } from "./grid.ts";
import { bestOf, mergeBest, METRICS, metricsAt } from "./metrics-table.ts";
import { tradingDays } from "./trading-days.ts";
import { walkForward } from "./walk-forward.ts";

const crossover = { strategy: movingAverageCrossover, parameters: {}, market: noMarket };
const grid = Grid.parse({ axes: { short_window: [5, 20, 100], long_window: [20, 50, 6000] } });

it("evaluates valid combinations, and reports skipped and failed ones", async () => {
  const { table, ...counts } = await evaluateChunk({ ...crossover, grid, from: 0, to: 9 });
  expect(counts).toEqual({ skipped: 3, failed: 3, failure: expect.stringMatching(/^History of SPY is too short/) });
  expect(table).toHaveLength(9 * METRICS.length);
  const { result } = await runStrategy(movingAverageCrossover, { short_window: 5, long_window: 50 }, noMarket);
  const { metrics } = result;
  expect(openGrid(grid).combinationAt(3)).toEqual({ short_window: 5, long_window: 50 });
  expect(metricsAt(table, 3)).toEqual({
    return: expect.closeTo(result.return, 9),
    cagr: expect.closeTo(metrics.cagr!, 9),
    volatility: expect.closeTo(metrics.volatility!, 9),
    sharpe: expect.closeTo(metrics.sharpe!, 9),
    max_drawdown: expect.closeTo(metrics.max_drawdown!, 9),
    calmar: expect.closeTo(metrics.cagr! / -metrics.max_drawdown!, 9),
    trades: metrics.trades,
    exposure: expect.closeTo(metrics.exposure, 9),
    final_value: expect.closeTo(result.final_value, 4),
  });
  expect(Object.values(metricsAt(table, 1))).toEqual(METRICS.map(() => null));
});

it("gives the same table for any chunks, and merged rankings equal the whole", async () => {
  const whole = await evaluateChunk({ ...crossover, grid, from: 0, to: 9 });
  const parts = await Promise.all(
    [0, 2, 5].map(async (from) => {
      const to = { 0: 2, 2: 5, 5: 9 }[from]!;
      return { from, ...(await evaluateChunk({ ...crossover, grid, from, to })) };
    }),
  );
  expect(Buffer.concat(parts.map(({ table }) => Buffer.from(table.buffer)))).toEqual(Buffer.from(whole.table.buffer));
  const best = parts.flatMap(({ table, from }) => bestOf(table, "calmar", 2, from));
  expect(mergeBest(best, "calmar", 2)).toEqual(bestOf(whole.table, "calmar", 2));
  expect(bestOf(whole.table, "calmar", 9).map(({ index }) => index)).toHaveLength(3);
});

it("walks forward through adjacent windows", async () => {
  const days = await tradingDays(movingAverageCrossover, { start_date: "2010-01-01" }, grid, noMarket);
  const windows = walkForward(days, { train: 1000, test: 250 });
  expect(windows[0]).toEqual({
    train: { start_date: "2010-01-01", end_date: "2013-10-31" },
    test: { start_date: "2013-11-01", end_date: "2014-10-16" },
  });
  expect(windows[1]!.test.start_date).toBe("2014-10-17");
  expect(windows.at(-1)!.test.end_date).toBe("2024-12-31");
  const window = windows[0]!.test;
  const { table } = await evaluateChunk({ ...crossover, grid, from: 3, to: 4, window });
  const { result } = await runStrategy(
    movingAverageCrossover,
    { short_window: 5, long_window: 50, ...window },
    noMarket,
  );
  expect(metricsAt(table, 0).return).toBeCloseTo(result.return, 9);
});

it("names parameters that cannot vary", () => {
  const wrong = Grid.parse({ axes: { variant: ["BAA-G4"], short_window: [1], cost_bps: [0] } });
  expect(checkSweep(boldAssetAllocation, { cost_bps: 1, top: 2 }, wrong)).toEqual([
    { path: "parameters.top", message: "BoldAssetAllocation has no parameter top" },
    { path: "grid.axes.short_window", message: "BoldAssetAllocation has no parameter short_window" },
    { path: "grid.axes.cost_bps", message: "Is fixed in parameters" },
  ]);
});
