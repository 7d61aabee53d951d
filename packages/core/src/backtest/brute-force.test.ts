import { describe } from "vitest";
import type { PriceSeries } from "../market/price-table.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { agreesWithBruteForce } from "../testing/agrees-with-brute-force.ts";

describe("on synthetic prices, some days missing", () => {
  agreesWithBruteForce(gappy);
});
<<<<<<< HEAD
describe.runIf(hasReferenceData)("on real prices", () => {
  agreesOn(fundPrices);
});

function agreesOn(load: () => PriceSeries[]): void {
  let market: Market;
  let prices: bruteForce.Prices;
  beforeAll(() => {
    const series = load();
    market = marketOf(series);
    prices = new Map(series.map(({ ticker, days, closes }) => [ticker, closesByDay(days as Int32Array, closes)]));
  });

  it.each(variants)("%s equals the brute-force implementation", async (variant) => {
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
=======
>>>>>>> 2d0acb5 (test: freeze reference results and move slow suites to test:all)

/** The synthetic market with another day missing now and then for each ticker, but never a month-end, and different ends. */
function gappy(): PriceSeries[] {
  const { variants } = boldAssetAllocation;
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
