import { describe, expect, it } from "vitest";
import { runStrategy } from "../backtest/run-strategy.ts";
import { frozenCrossovers } from "../testing/frozen/read-frozen.ts";
import { hasReferenceData, marketOf, noMarket, readReference, spyPrices, weekdaySeries } from "../testing/prices.ts";
import { movingAverageCrossover } from "./moving-average-crossover.ts";

interface ReferenceTrade {
  signal: string;
  entry: string;
  entry_price: number;
  qty: number;
  exit_signal?: string;
  exit?: string;
  exit_price?: number;
  ret?: number;
}

interface ReferenceRun {
  execution: string;
  start: string;
  end: string;
  bars: number;
  final: number;
  total_return: number;
  cagr_365_25: number;
  max_drawdown_daily: number;
  max_drawdown_daily_trough: string;
  max_drawdown_monthly: number;
  vol_daily_ann: number;
  sharpe_daily_rf0: number;
  n_entries: number;
  trades: ReferenceTrade[];
}

it.each(frozenCrossovers())(
  "$short_window/$long_window with $fill gives the frozen results on the synthetic market",
  async ({ short_window, long_window, fill, cost_bps, ...expected }) => {
    const parameters = { short_window, long_window, fill, cost_bps };
    const { result } = await runStrategy(movingAverageCrossover, parameters, noMarket);
    const trades = result.trades!;
    expect(result.final_value / expected.final_value).toBeCloseTo(1, 9);
    expect(result.metrics.max_drawdown).toBeCloseTo(expected.max_drawdown, 9);
    expect(trades).toHaveLength(expected.trades);
    expect(trades.slice(0, 5).map(({ signal }) => signal)).toEqual(expected.first_signals);
    expect(trades.slice(0, 5).map(({ exit_signal }) => exit_signal)).toEqual(expected.first_exits);
    expect(trades.at(-1)!.signal).toBe(expected.last_signal);
  },
);

describe.runIf(hasReferenceData)("on real prices", () => {
  it.each(["next_close", "same_close", "next_open"])(
    "20/50 with %s trades what was computed elsewhere",
    async (fill) => {
      const market = marketOf(spyPrices());
      const { runs } = readReference("ma-crossover-20-50.json") as { runs: ReferenceRun[] };
      const expected = runs.find(({ execution }) => execution === fill)!;
      const { result, series } = await runStrategy(movingAverageCrossover, { use_real_data: true, fill }, market);
      expect(result.period).toMatchObject({
        first_day: expected.start,
        last_day: expected.end,
        trading_days: expected.bars,
      });
      expect(result.final_value / expected.final).toBeCloseTo(1, 9);
      expect(result.return).toBeCloseTo(expected.total_return, 9);
      expect(result.metrics).toMatchObject({
        cagr: expect.closeTo(expected.cagr_365_25, 9),
        max_drawdown: expect.closeTo(expected.max_drawdown_daily, 9),
        max_drawdown_monthly: expect.closeTo(expected.max_drawdown_monthly, 9),
        volatility: expect.closeTo(expected.vol_daily_ann, 9),
        sharpe: expect.closeTo(expected.sharpe_daily_rf0, 9),
        trades: expected.n_entries,
      });
      expect(series.dates[series.drawdown.indexOf(Math.min(...series.drawdown))]).toBe(
        expected.max_drawdown_daily_trough,
      );
      expect(result.trades).toEqual(
        expected.trades.map((trade) => ({
          signal: trade.signal,
          entry: trade.entry,
          entry_price: trade.entry_price,
          quantity: expect.closeTo(trade.qty, 7),
          exit_signal: trade.exit_signal ?? null,
          exit: trade.exit ?? null,
          exit_price: trade.exit_price ?? null,
          return: trade.ret === undefined ? null : expect.closeTo(trade.ret, 9),
        })),
      );
    },
  );
});

describe("position and trades", () => {
  // 2/3 on weekdays from Monday 2024-01-01: above on rows 3 and 4, and from row 8 on.
  const closes = [10, 9, 8, 10, 11, 9, 8, 7, 10, 12];
  const market = marketOf([weekdaySeries("X", "2024-01-01", closes)]);
  const run = (given = {}) =>
    runStrategy(
      movingAverageCrossover,
      { short_window: 2, long_window: 3, symbol: "X", use_real_data: true, initial_capital: 1000, ...given },
      market,
    );

  it("are what was bought and sold, after costs", async () => {
    const { result, series } = await run({ cost_bps: 100 });
    const [first, second] = result.trades!;
    expect(first).toEqual({
      signal: "2024-01-05",
      entry: "2024-01-08",
      entry_price: 9,
      quantity: expect.closeTo(990 / 9, 9),
      exit_signal: "2024-01-08",
      exit: "2024-01-09",
      exit_price: 8,
      return: expect.closeTo((0.99 * 0.99 * 8) / 9 - 1, 9),
    });
    expect(series.equity.at(-1)).toBe(result.final_value);
    expect(second).toMatchObject({ exit_signal: null, exit: null, exit_price: null, return: null });
  });

  it("tell a signal that is not traded yet from the position", async () => {
    const { result: before } = await run({ end_date: "2024-01-05" });
    expect(before.position).toMatchObject({
      state: "cash",
      quantity: 0,
      price: null,
      value: 0,
      cash: 1000,
      since: null,
      signal: "long",
      decided_on: "2024-01-05",
      filled_on: null,
    });
    expect(before.trades).toEqual([]);
    const { result: after } = await run({ end_date: "2024-01-08" });
    expect(after.position).toMatchObject({
      state: "long",
      price: 9,
      cash: 0,
      since: "2024-01-08",
      signal: "cash",
      filled_on: null,
    });
    expect(after).not.toHaveProperty("portfolio");
  });

  it("begin at the first bar with full windows when it is above already", async () => {
    const rising = marketOf([weekdaySeries("X", "2024-01-01", [1, 2, 3, 4, 5])]);
    const parameters = { short_window: 2, long_window: 3, symbol: "X", use_real_data: true, fill: "same_close" };
    const { result, series } = await runStrategy(movingAverageCrossover, parameters, rising);
    expect(result.trades).toMatchObject([{ signal: "2024-01-03", entry: "2024-01-03", entry_price: 3, exit: null }]);
    expect(series.equity.slice(0, 3)).toEqual([100_000, 100_000, 100_000]);
  });

  it("stay in cash on a price that never changes", async () => {
    const flat = marketOf([
      weekdaySeries(
        "X",
        "2010-01-01",
        Array.from({ length: 500 }, () => 0.1),
      ),
    ]);
    const { result, series } = await runStrategy(movingAverageCrossover, { symbol: "X", use_real_data: true }, flat);
    expect(result).toMatchObject({
      return: 0,
      trades: [],
      metrics: { sharpe: null, sortino: null, volatility: 0, exposure: 0 },
    });
    expect(series.weights).toMatchObject([{ weights: {}, mode: "cash", canary: null }]);
  });
});

it("trades any ticker on the synthetic market", async () => {
  const { result } = await runStrategy(movingAverageCrossover, { symbol: "anything" }, noMarket);
  expect(result.trades!.length).toBeGreaterThan(10);
  expect(result.trades!.length).toBe(result.metrics.trades);
});
