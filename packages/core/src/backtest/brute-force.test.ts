import { describe, expect, it } from "vitest";
import { toIsoDay } from "../calendar.ts";
import type { PriceSeries } from "../market.ts";
import { runStrategy } from "../run-strategy.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { syntheticMarket } from "../synthetic-market.ts";
import * as bruteForce from "../testing/brute-force.ts";
import { fundPrices, hasReferenceData, marketOf } from "../testing/prices.ts";

type Run = Awaited<ReturnType<typeof runStrategy>>;

const periods = [
  {},
  { start: "2012-03-31", end: "2019-08-15" },
  { start: "2015-06-01", end: "2016-05-31" },
  { start: "2009-12-31" },
  { end: "2018-03-29" },
];
const costs = [0, 10, 37.5];
const cases = periods.flatMap((period, index): bruteForce.Options[] => [
  { fill: "same_close", costBps: costs[index % 3]!, capital: 100_000, ...period },
  { fill: "next_close", costBps: costs[(index + 1) % 3]!, capital: 5000, ...period },
]);
const variants = boldAssetAllocation.variants;

describe.each([
  ["synthetic prices, some days missing", () => gappy(), true],
  ["real prices", () => (hasReferenceData ? fundPrices() : []), hasReferenceData],
] as const)("on %s", (name, load, isThere) => {
  if (!isThere) return void it(`skipped: ../shared/data is not there for ${name}`, () => undefined);
  const series = load();
  const market = marketOf(series);
  const prices = new Map(series.map(({ ticker, days, closes }) => [ticker, closesByDay(days as Int32Array, closes)]));

  it.each(variants)("%s is what a plain reading of the rules gives", async (variant) => {
    for (const options of cases) {
      const parameters = { variant, use_real_data: true, ...toParameters(options) };
      const run = await runStrategy(boldAssetAllocation, parameters, market);
      const expected = bruteForce.boldAssetAllocation(prices, variant, options);
      expectSame(run, expected, options);
      expect(run.series.weights.map(({ date }) => date)).toEqual(expected.decisions.map(({ date }) => date));
      run.series.weights.forEach(({ weights }, index) => expectClose(weights, expected.decisions[index]!.weights));
    }
  });

  it.each([
    [20, 50],
    [5, 200],
  ])("the crossover %i/%i is what a plain reading of the rules gives", async (short, long) => {
    for (const options of cases) {
      const parameters = { short_window: short, long_window: long, symbol: "EWJ", use_real_data: true };
      const run = await runStrategy(movingAverageCrossover, { ...parameters, ...toParameters(options) }, market);
      expectSame(run, bruteForce.movingAverageCrossover(prices, "EWJ", short, long, options), options);
    }
  });
});

function expectSame({ result, series }: Run, expected: bruteForce.Outcome, { capital }: bruteForce.Options): void {
  expect(series.dates).toEqual(expected.dates);
  expectClose(series.equity, expected.equity);
  const { equity, dates } = expected;
  const years = (Date.parse(dates.at(-1)!) - Date.parse(dates[0]!)) / 86_400_000 / 365.25;
  const returns = equity.slice(1).map((value, index) => value / equity[index]! - 1);
  const mean = average(returns);
  const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (returns.length - 1));
  const downside = Math.sqrt(average(returns.map((r) => (r < 0 ? r * r : 0))));
  const falls = equity.map(
    (value, index) => value / Math.max(...equity.slice(Math.max(0, index - 6000), index + 1)) - 1,
  );
  expectClose(series.drawdown, falls);
  expectClose(
    { ...result.metrics, monthly_returns: 0, return: result.return },
    {
      return: equity.at(-1)! / capital - 1,
      cagr: (equity.at(-1)! / capital) ** (1 / years) - 1,
      volatility: deviation * Math.sqrt(252),
      sharpe: (mean / deviation) * Math.sqrt(252),
      sortino: (mean / downside) * Math.sqrt(252),
      max_drawdown: Math.min(...falls),
      turnover: expected.traded / 2 / average(equity) / years,
      exposure: average(expected.exposures),
    },
  );
}

/** Compares the fields of `expected`, to nine digits. */
function expectClose(actual: object, expected: object): void {
  for (const [key, value] of Object.entries(expected) as [string, number][]) {
    const other = (actual as Record<string, number>)[key]!;
    if (!(Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value))))
      expect({ [key]: other }).toEqual({ [key]: value });
  }
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function toParameters({ fill, costBps, capital, start, end }: bruteForce.Options) {
  return {
    fill,
    cost_bps: costBps,
    initial_capital: capital,
    ...(start === undefined ? {} : { start_date: start }),
    ...(end === undefined ? {} : { end_date: end }),
  };
}

function closesByDay(days: Int32Array, closes: Float64Array): Map<string, number> {
  return new Map(Array.from(days, (day, index) => [toIsoDay(day), closes[index]!]));
}

/** The synthetic market with another day missing now and then for each ticker, but never a month-end, and different ends. */
function gappy(): PriceSeries[] {
  const universe = [...new Set(variants.flatMap((variant) => boldAssetAllocation.universe({ variant } as never)))];
  const table = syntheticMarket(universe, 2);
  return table.tickers.map((ticker, column) => {
    const last = table.days.length - column;
    const rows = Array.from({ length: last }, (_, row) => row).filter((row) => {
      const isMiddle = new Date(table.days[row]! * 86_400_000).getUTCDate() < 20;
      return !(isMiddle && (row * 31 + column) % 97 === 0);
    });
    return {
      ticker,
      days: Int32Array.from(rows, (row) => table.days[row]!),
      closes: Float64Array.from(rows, (row) => table.closes[column]![row]!),
    };
  });
}
