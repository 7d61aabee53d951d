import { describe, expect, it } from "vitest";
import { toDay, toIsoDay } from "../market/calendar.ts";
import { runStrategy } from "./run-strategy.ts";
import type { Run, Strategy } from "../strategy/strategy.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { marketOf, noMarket, weekdaySeries } from "../testing/prices.ts";
import { strategyOf } from "../testing/strategy-of.ts";

/** From Thursday 2024-01-25 to Tuesday 2024-03-05; month-ends are 2024-01-31 (row 4) and 2024-02-29 (row 25). */
const days = 29;
const flat = weekdaySeries(
  "FLAT",
  "2024-01-25",
  Array.from({ length: days }, () => 10),
);
const rising = weekdaySeries(
  "UP",
  "2024-01-25",
  Array.from({ length: days }, (_, row) => 100 + row),
);
const market = marketOf([flat, rising]);

const halves = strategyOf(["UP", "FLAT"], () => ({ UP: 0.5, FLAT: 0.5 }), { schedule: "month-end", months: 0 });
const run = (strategy: Strategy, parameters = {}, prices = market) =>
  runStrategy(strategy, { use_real_data: true, initial_capital: 1000, ...parameters }, prices);
const failure = (...args: Parameters<typeof run>) =>
  run(...args).then(
    () => "no failure",
    (error: unknown) => String(error),
  );

describe("an allocation by the month", () => {
  it("begins with the first fill, drifts and rebalances", async () => {
    const { result, series } = await run(halves);
    expect(series.dates).toHaveLength(25);
    expect(result.period).toMatchObject({
      first_day: "2024-01-31",
      last_day: "2024-03-05",
      trading_days: 25,
      years: 34 / 365.25,
    });
    // 500 / 104 shares of UP grow to 125 each; half of that moves to FLAT; then they grow to 128.
    const atRebalance = 500 + (500 / 104) * 125;
    expect(series.equity[0]).toBe(1000);
    expect(series.equity[21]).toBeCloseTo(atRebalance, 9);
    expect(result.final_value).toBeCloseTo(atRebalance / 2 + (atRebalance / 2 / 125) * 128, 9);
    expect(result.return).toBeCloseTo(result.final_value / 1000 - 1, 12);
    expect(series.weights.map(({ date }) => date)).toEqual(["2024-01-31", "2024-02-29"]);
    const traded = 1000 + (500 / 104) * 125 - 500;
    const averageEquity = series.equity.reduce((sum, value) => sum + value, 0) / 25;
    expect(result.metrics).toMatchObject({
      trades: 2,
      exposure: 1,
      costs: 0,
      max_drawdown: 0,
      best_year: null,
      turnover: expect.closeTo(traded / 2 / averageEquity / (34 / 365.25), 9),
    });
  });

  it("pays for what it trades, the first purchase too, and not at the end", async () => {
    const { result, series } = await run(halves, { cost_bps: 100 });
    const bought = 990;
    expect(series.equity[0]).toBeCloseTo(bought, 9);
    const before = bought / 2 + (bought / 2 / 104) * 125;
    const cost = 0.01 * (before - bought);
    const after = before - cost;
    expect(series.equity[21]).toBeCloseTo(after, 9);
    expect(result.final_value).toBeCloseTo(after / 2 + (after / 2 / 125) * 128, 9);
    expect(result.metrics.costs).toBeCloseTo(10 + cost, 9);
  });

  it("fills at the next close on request, and reports a decision without a fill", async () => {
    const { result, series } = await run(halves, { fill: "next_close", end_date: "2024-02-29" });
    expect(series.dates[0]).toBe("2024-02-01");
    expect(series.weights.map(({ date }) => date)).toEqual(["2024-01-31", "2024-02-29"]);
    const { decisions } = result.run as Run;
    expect(decisions.map(({ filledOn }) => filledOn)).toEqual(["2024-02-01", null]);
    expect(result.final_value).toBeCloseTo(500 + (500 / 105) * 125, 9);
  });

  it("stays in cash when its only decision comes too late", async () => {
    const { result, series } = await run(halves, {
      fill: "next_close",
      start_date: "2024-02-29",
      end_date: "2024-02-29",
    });
    expect(series).toMatchObject({ dates: ["2024-02-29"], equity: [1000], drawdown: [0] });
    expect(result).toMatchObject({
      final_value: 1000,
      return: 0,
      metrics: { cagr: null, volatility: null, exposure: 0 },
    });
    expect((result.run as Run).decisions).toMatchObject([{ decidedOn: "2024-02-29", filledOn: null }]);
  });

  it.each([
    ["same_close", "2024-01-31", "2024-01-31"],
    ["same_close", "2024-02-01", "2024-02-29"],
    ["next_close", "2024-02-01", "2024-02-01"],
    ["next_close", "2024-02-02", "2024-03-01"],
  ])("with %s from %s first trades on %s", async (fill, start_date, first) => {
    const { series } = await run(halves, { fill, start_date });
    expect(series.dates[0]).toBe(first);
  });

  it("takes month-ends from all stored days, not from end_date", async () => {
    const { series } = await run(halves, { end_date: "2024-02-20" });
    expect(series.weights.map(({ date }) => date)).toEqual(["2024-01-31"]);
    expect(series.dates.at(-1)).toBe("2024-02-20");
  });

  it("does not decide in a month whose end the prices of some ticker do not reach", async () => {
    const short = weekdaySeries(
      "FLAT",
      "2024-01-25",
      Array.from({ length: 25 }, () => 10),
    );
    const { result, series } = await run(halves, { end_date: "2024-03-31" }, marketOf([rising, short]));
    expect(series.weights).toHaveLength(1);
    expect(result.period.last_day).toBe("2024-02-28");
  });

  it("keeps the remainder of the weights in cash", async () => {
    const part = strategyOf(["UP"], () => ({ UP: 0.25 }), { schedule: "month-end", months: 0 });
    const { result } = await run(part, { end_date: "2024-02-28" });
    expect(result.final_value).toBeCloseTo(750 + (250 / 104) * 124, 9);
    expect(result.metrics.exposure).toBeLessThan(0.3);
  });
});

describe("a daily strategy", () => {
  const rowOf = (iso: string) => rising.days.findIndex((day) => day === toDay(iso));
  const dayOf = (row: number) => toIsoDay(rising.days[row]!);
  const inside = strategyOf(["UP"], ({ day }) => (rowOf(day) >= 10 && rowOf(day) < 20 ? { UP: 1 } : {}), { days: 5 });

  it("begins in cash on the first day and trades when its weights change", async () => {
    const { result, series } = await run(inside);
    expect(series.dates).toHaveLength(days);
    expect(series.weights.map(({ weights }) => weights)).toEqual([{}, { UP: 1 }, {}]);
    expect(series.weights.map(({ date }) => rowOf(date))).toEqual([4, 10, 20]);
    expect(result.final_value).toBeCloseTo((1000 / 110) * 120, 9);
    expect(result.metrics).toMatchObject({ trades: 1, exposure: expect.closeTo(10 / 29, 12) });
    expect((result.run as Run).fills).toHaveLength(2);
  });

  it("with next_close takes over the position signalled on the day before start_date", async () => {
    const start_date = dayOf(12);
    const { series: next } = await run(inside, { start_date, fill: "next_close" });
    expect(next.dates[0]).toBe(start_date);
    expect(next.weights[0]).toMatchObject({ date: dayOf(11), weights: { UP: 1 } });
    expect(next.equity[1]).toBeCloseTo((1000 / 112) * 113, 9);
    const { series: same } = await run(inside, { start_date, fill: "same_close" });
    expect(same.weights[0]).toMatchObject({ date: start_date, weights: { UP: 1 } });
  });

  it("ignores zero weights", async () => {
    const zero = strategyOf(["UP", "FLAT"], ({ day }) => (rowOf(day) < 9 ? { UP: 1, FLAT: 0 } : { UP: 1 }));
    const { series: zeros } = await run(zero);
    expect(zeros.weights).toMatchObject([{ weights: { UP: 1 } }]);
    expect(Object.keys(zeros.weights[0]!.weights)).toEqual(["UP"]);
  });
});

describe("a run fails with a message for the client", () => {
  it("when parameters are wrong", async () => {
    expect(await failure(boldAssetAllocation, { variant: "INVALID" })).toBe(
      "StrategyError: Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
    );
  });

  it("when prices are missing", async () => {
    expect(await failure(strategyOf(["UP", "BND", "VEA"], () => ({})))).toBe(
      "StrategyError: No prices for BND, VEA: 1 day wanted, 0 days there. Import them with: npm run prices -- import FILE.csv, " +
        "or fetch them with: npm run prices -- fetch BND VEA",
    );
  });

  it("when the history is too short: ticker, days wanted and days there", async () => {
    expect(await failure(movingAverageCrossover, { symbol: "UP" })).toBe(
      "StrategyError: History of UP is too short: 50 days wanted, 29 days there, from 2024-01-25 to 2024-03-05",
    );
    expect(await failure(movingAverageCrossover, { symbol: "UP", long_window: 21, end_date: "2024-02-20" })).toBe(
      "StrategyError: History of UP is too short: 21 days wanted, 19 days there, from 2024-01-25 to 2024-02-20",
    );
    const yearly = strategyOf(["FLAT", "UP"], () => ({}), { schedule: "month-end", months: 12 });
    const late = weekdaySeries("UP", "2024-02-01", [1, 2, 3, 4]);
    expect(await failure(yearly, {}, marketOf([flat, late]))).toBe(
      "StrategyError: History of UP is too short: 13 month-ends (about 273 days) wanted, " +
        "0 month-ends (4 days) there, from 2024-02-01 to 2024-02-06",
    );
  });

  it.each([
    [{ start_date: "2024-03-06" }, "start_date 2024-03-06 is after the end of the prices: UP ends on 2024-03-05"],
    [{ end_date: "2024-01-24" }, "end_date 2024-01-24 is before the start of the prices: UP begins on 2024-01-25"],
    [
      { start_date: "2024-02-03", end_date: "2024-02-04" },
      "No trading day from start_date 2024-02-03 to end_date 2024-02-04",
    ],
    [
      { start_date: "2024-02-02", end_date: "2024-02-20" },
      "No month ends from 2024-02-02 to 2024-02-20: nothing to decide",
    ],
  ])("when nothing can be done in the period: %j", async (parameters, message) => {
    expect(await failure(halves, parameters)).toBe(`StrategyError: ${message}`);
  });

  it("when the tickers have no day in common", async () => {
    const old = weekdaySeries("FLAT", "2020-01-01", [1, 2]);
    expect(await failure(halves, {}, marketOf([old, rising]))).toBe(
      "StrategyError: No day has prices of all tickers: UP begins on 2024-01-25, FLAT ends on 2020-01-02",
    );
  });

  it.each([
    ["a ticker outside the universe", () => ({ SPY: 1 }), "SPY is not in the universe"],
    ["a negative weight", () => ({ UP: -1 }), "the weight of UP is not a number from 0 to 1"],
    ["a weight that is no number", () => ({ UP: Number.NaN }), "the weight of UP is not a number from 0 to 1"],
    ["more than everything", () => ({ UP: 0.7, FLAT: 0.7 }), "the weights add up to more than 1"],
  ])("when a strategy decides on %s", async (_, weights, reason) => {
    expect(await failure(strategyOf(["UP", "FLAT"], weights))).toBe(
      `StrategyError: Test failed on 2024-01-25: ${reason}`,
    );
  });

  it.each([
    [{ universe: () => [] }, "to name its universe: it is not a list of tickers"],
    [{ universe: () => [1] as never }, "to name its universe: it is not a list of tickers"],
    [{ history: () => ({ days: 0 }) }, "to say what history it needs: 0 is not a whole number of days or months"],
    [{ history: () => ({ months: 1.5 }) }, "to say what history it needs: 1.5 is not a whole number of days or months"],
    [
      { universe: async () => ["UP"] },
      "to name its universe: universe answers with a promise: it has to answer at once, without async and await",
    ],
    [
      { report: async () => ({}) },
      "to report: report answers with a promise: it has to answer at once, without async and await",
    ],
    [
      { decide: async () => ({ weights: {}, because: "" }) },
      "on 2024-01-25: decide answers with a promise: it has to answer at once, without async and await",
    ],
    [{ decide: () => undefined }, "on 2024-01-25: decide answers with undefined, not with { weights, because }"],
    [{ decide: () => ({ because: "" }) }, "on 2024-01-25: weights must be an object of numbers by ticker"],
  ])("when a strategy declares nonsense: %j", async (change, message) => {
    const odd = { ...strategyOf(["UP"], () => ({})), ...change } as Strategy;
    expect(await failure(odd)).toBe(`StrategyError: Test failed ${message}`);
  });

  it("when a strategy throws, decides nothing or reports what is not JSON", async () => {
    const throwing = strategyOf(["UP"], () => {
      throw new RangeError("no idea");
    });
    expect(await failure(throwing)).toBe("StrategyError: Test failed on 2024-01-25: no idea");
    const silent = { ...throwing, decide: () => undefined as never };
    expect(await failure(silent)).toMatch(/^StrategyError: Test failed on 2024-01-25: /);
    const odd = { ...strategyOf(["UP"], () => ({})), report: () => ({ big: 1n }) };
    expect(await failure(odd)).toMatch(/^StrategyError: Test failed to report: .*BigInt/);
  });

  it("when costs or numbers eat up the account", async () => {
    const wild = strategyOf(["UP", "FLAT"], ({ day }) => (day === "2024-01-25" ? { UP: 1 } : { FLAT: 1 }));
    expect(await failure(wild, { cost_bps: 6000 })).toMatch(
      /^StrategyError: Costs of .* exceed the account's .* on 2024-01-26$/,
    );
    expect(await failure(halves, { initial_capital: 1.7e308 })).toMatch(
      /^StrategyError: Invalid initial_capital: 1.7e\+308\. /,
    );
  });
});

it("needs no stored prices on the synthetic market", async () => {
  const { result } = await runStrategy(movingAverageCrossover, {}, noMarket);
  expect(result.data).toMatchObject({ source: "synthetic", seed: 1, description: expect.stringContaining("not real") });
});
