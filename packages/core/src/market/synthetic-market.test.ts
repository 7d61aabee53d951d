import { expect, it } from "vitest";
import { toIsoDay } from "./calendar.ts";
import { returnsOf } from "../backtest/performance.ts";
import { syntheticMarket } from "./synthetic-market.ts";

const closes = (ticker: string, seed = 1, among: readonly string[] = [ticker]) => {
  const table = syntheticMarket(among, seed);
  return table.closes[table.tickers.indexOf(ticker)]!;
};

it("has a price on every weekday from 2004-01-01 to 2024-12-31", () => {
  const { days, firstRows, lastRows, source } = syntheticMarket(["SPY", "IEF"], 7);
  expect([days.length, toIsoDay(days[0]!), toIsoDay(days.at(-1)!)]).toEqual([5479, "2004-01-01", "2024-12-31"]);
  expect([firstRows, lastRows]).toEqual([
    [0, 0],
    [5478, 5478],
  ]);
  expect(source).toEqual({ kind: "synthetic", seed: 7 });
});

it("depends on the seed and the ticker alone", () => {
  const spy = closes("SPY");
  for (let seed = 10; seed < 40; seed += 1) syntheticMarket(["SPY"], seed);
  expect(closes("SPY")).toEqual(spy);
  expect(closes("SPY", 1, ["TLT", "SPY", "unheard-of"])).toEqual(spy);
  expect(closes("SPY", 2)).not.toEqual(spy);
  expect(closes("unheard-of")).not.toEqual(closes("unheard-of too"));
});

it.each([1, 2, 3, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])("has positive prices for seed %d", (seed) => {
  for (const ticker of ["SPY", "QQQ", "DBC", "TLT", "BIL", "X", "Y", "Z"]) {
    expect(closes(ticker, seed).every((close) => close > 0 && close < 1e6)).toBe(true);
  }
});

it("moves asset classes together, and bonds on their own", () => {
  expect(correlation("SPY", "QQQ")).toBeGreaterThan(0.8);
  expect(correlation("SPY", "VWO")).toBeGreaterThan(0.7);
  expect(correlation("IEF", "TLT")).toBeGreaterThan(0.9);
  expect(correlation("SPY", "unheard-of")).toBeGreaterThan(0.4);
  expect(Math.abs(correlation("SPY", "TLT"))).toBeLessThan(0.2);
});

it.each([1, 2, 3])("has bull and bear markets: seed %d", (seed) => {
  const spy = closes("SPY", seed);
  const yearly = Array.from({ length: 20 }, (_, year) => spy[(year + 1) * 261]! / spy[year * 261]! - 1);
  expect(Math.max(...yearly)).toBeGreaterThan(0.2);
  expect(Math.min(...yearly)).toBeLessThan(-0.2);
  const bills = closes("BIL", seed);
  expect(bills.every((close, row) => row === 0 || close >= bills[row - 1]!)).toBe(true);
});

function correlation(a: string, b: string): number {
  const [x, y] = [deviations(a), deviations(b)];
  const product = (u: Float64Array, v: Float64Array) => u.reduce((sum, value, row) => sum + value * v[row]!, 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function deviations(ticker: string): Float64Array {
  const returns = returnsOf(closes(ticker));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return returns.map((value) => value - mean);
}
