import { beforeAll, expect, it } from "vitest";
import { runStrategy, type StrategyRun } from "../backtest/run-strategy.ts";
import { toIsoDay } from "../market/calendar.ts";
import type { Market, PriceSeries } from "../market/price-table.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import * as bruteForce from "./brute-force.ts";
import { marketOf } from "./prices.ts";

type Figures = Readonly<Record<string, number | null | readonly number[]>>;

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
const { variants } = boldAssetAllocation;

/** Tests that both built-in strategies give the figures of the brute-force implementation on these prices. */
export function agreesWithBruteForce(load: () => PriceSeries[]): void {
  let market: Market;
  let prices: bruteForce.Prices;
  beforeAll(() => {
    const series = load();
    market = marketOf(series);
    prices = new Map(series.map(({ ticker, days, closes }) => [ticker, closesByDay(days as Int32Array, closes)]));
  });

  it.each(variants)("%s is what a plain reading of the rules gives", async (variant) => {
    for (const options of cases) {
      const parameters = { variant, use_real_data: true, ...toParameters(options) };
      const run = await runStrategy(boldAssetAllocation, parameters, market);
      const expected = bruteForce.boldAssetAllocation(prices, variant, options);
      expect(run.series.dates).toEqual(expected.dates);
      expect(run.series.weights.map(({ date }) => date)).toEqual(expected.decisions.map(({ date }) => date));
      expect(differences(reportedFigures(run), plainFigures(expected, options))).toEqual([]);
      for (const [index, { weights }] of run.series.weights.entries()) {
        expect(differences(weights, expected.decisions[index]!.weights)).toEqual([]);
      }
    }
  });

  it.each([
    [20, 50],
    [5, 200],
  ])("the crossover %i/%i is what a plain reading of the rules gives", async (short, long) => {
    for (const options of cases) {
      const parameters = { short_window: short, long_window: long, symbol: "EWJ", use_real_data: true };
      const run = await runStrategy(movingAverageCrossover, { ...parameters, ...toParameters(options) }, market);
      const expected = bruteForce.movingAverageCrossover(prices, "EWJ", short, long, options);
      expect(run.series.dates).toEqual(expected.dates);
      expect(differences(reportedFigures(run), plainFigures(expected, options))).toEqual([]);
    }
  });
}

function reportedFigures({ result, series }: StrategyRun): Figures {
  const { metrics } = result;
  return {
    return: result.return,
    cagr: metrics.cagr,
    volatility: metrics.volatility,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    max_drawdown: metrics.max_drawdown,
    turnover: metrics.turnover,
    exposure: metrics.exposure,
    equity: series.equity,
    drawdown: series.drawdown,
  };
}

function plainFigures(
  { equity, dates, traded, exposures }: bruteForce.Outcome,
  { capital }: bruteForce.Options,
): Figures {
  const years = (Date.parse(dates.at(-1)!) - Date.parse(dates[0]!)) / 86_400_000 / 365.25;
  const returns = equity.slice(1).map((value, index) => value / equity[index]! - 1);
  const mean = average(returns);
  const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (returns.length - 1));
  const downside = Math.sqrt(average(returns.map((r) => (r < 0 ? r * r : 0))));
  let peak = 0;
  const falls = equity.map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
  return {
    return: equity.at(-1)! / capital - 1,
    cagr: (equity.at(-1)! / capital) ** (1 / years) - 1,
    volatility: deviation * Math.sqrt(252),
    sharpe: (mean / deviation) * Math.sqrt(252),
    sortino: (mean / downside) * Math.sqrt(252),
    max_drawdown: Math.min(...falls),
    turnover: traded / 2 / average(equity) / years,
    exposure: average(exposures),
    equity,
    drawdown: falls,
  };
}

/** The figures that do not agree to nine digits. */
function differences(actual: Figures, expected: Figures): string[] {
  const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    const [ours, theirs] = [listOf(actual[name]), listOf(expected[name])];
    const indexes = Array.from({ length: Math.max(ours.length, theirs.length, 1) }, (_, index) => index);
    return indexes.flatMap((index) => {
      const [a, b] = [ours[index] ?? Number.NaN, theirs[index] ?? Number.NaN];
      const agree = Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
      return agree ? [] : [`${name} ${index}: ${a} instead of ${b}`];
    });
  });
}

function listOf(figure: Figures[string] = null): readonly number[] {
  return typeof figure === "number" ? [figure] : (figure ?? []);
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
