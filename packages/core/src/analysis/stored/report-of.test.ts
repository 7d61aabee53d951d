import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runToColumns } from "../../backtest/run-strategy.ts";
import { packSeries } from "../../backtest/series/pack-series.ts";
import { calendarMonths, countUpTo, isWeekday, toDay, toIsoDay } from "../../market/calendar.ts";
import { type Market, priceTable } from "../../market/price-table.ts";
import { builtInStrategies } from "../../strategies/index.ts";
import { differences } from "../../testing/differences.ts";
import { fundPrices, hasReferenceData, marketOf, readReference } from "../../testing/prices.ts";
import { isAvailable, sharedFile } from "../../testing/shared-file.ts";
import { analyse } from "../analyse.ts";
import type { Analysis } from "../analysis-schema.ts";
import { type ReportSource, reportOf } from "./report-of.ts";

const strategy = builtInStrategies.find(({ name }) => name === "MovingAverageCrossover")!;

/** A run as it is stored, and the analysis of the same with all days of its market at hand. */
async function stored(
  parameters: Record<string, unknown> & { readonly initial_capital: number },
  market: Market,
  others: Partial<ReportSource> = {},
): Promise<{ source: ReportSource; whole: Analysis }> {
  const { result, series } = await runToColumns(strategy, parameters, market);
  const { days, nextSession } = await market.load(Object.keys(result.data.tickers));
  const first = series.days[0]!;
  const sessions = { afterLastDay: nextWeekday(series.days.at(-1)!), ofFirstYear: nextWeekday(january(first) - 1) };
  const base = { executionId: 1, parameters, result, benchmark: null, riskFree: 0, crises: [] };
  const curve = {
    days: series.days,
    values: series.equity,
    capital: parameters.initial_capital,
    months: calendarMonths(days, nextSession),
    firstRow: countUpTo(days, first) - 1,
  };
  return {
    source: { ...base, series: packSeries(series), sessions, sweep: null, ...others },
    whole: analyse({ ...base, curve }),
  };
}

function nextWeekday(day: number): number {
  return isWeekday(day + 1) ? day + 1 : nextWeekday(day + 1);
}

function january(day: number): number {
  return toDay(`${toIsoDay(day).slice(0, 4)}-01-01`);
}

/** A market of one ticker on some of the weekdays of four years. */
const markets = fc
  .tuple(fc.integer({ min: 14_000, max: 14_400 }), fc.array(fc.nat(99), { minLength: 1_000, maxLength: 1_000 }))
  .map(([start, draws]) => {
    const days: number[] = [];
    let price = 100;
    const closes: number[] = [];
    draws.forEach((draw, index) => {
      // One weekday in twenty has no price.
      if (!isWeekday(start + index) || draw % 20 === 0) return;
      days.push(start + index);
      price *= 1 + (draw - 49) / 2_000;
      closes.push(price);
    });
    const series = { ticker: "SPY", days: Int32Array.from(days), closes: Float64Array.from(closes) };
    return { days, market: marketOf([series]) };
  });

describe("the report of a stored execution", () => {
  it("knows months and years as the run did, whatever the calendar suggests", async () => {
    await fc.assert(
      fc.asyncProperty(
        markets,
        fc.nat(150),
        fc.nat(150),
        fc.boolean(),
        async ({ days, market }, before, after, right) => {
          const parameters = {
            symbol: "SPY",
            short_window: 2,
            long_window: 5,
            use_real_data: true,
            initial_capital: 1000,
            start_date: toIsoDay(days[20 + before]!),
            end_date: toIsoDay(days.at(-1 - after)!),
          };
          const { source, whole } = await stored(parameters, market);
          const { afterLastDay, ofFirstYear } = source.sessions;
          const wrong = { afterLastDay: afterLastDay + 31, ofFirstYear: ofFirstYear + 10 };
          const { analysis } = reportOf(right ? source : { ...source, sessions: wrong });
          expect(analysis.months).toEqual(whole.months);
          expect(analysis.figures).toEqual(whole.figures);
          expect(analysis.monthly_returns).toEqual(whole.monthly_returns);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("knows by the calendar where nothing recorded tells", async () => {
    // A month of equal prices: with and without its end, no figure differs.
    const days = Array.from({ length: 400 }, (_, index) => 14_000 + index).filter(isWeekday);
    const series = { ticker: "SPY", days: Int32Array.from(days), closes: new Float64Array(days.length).fill(100) };
    const parameters = (end_date: string) => {
      const dates = { start_date: "2008-12-01", end_date };
      return { symbol: "SPY", use_real_data: true, initial_capital: 1000, short_window: 2, long_window: 5, ...dates };
    };
    for (const [end, ends] of [
      ["2008-12-31", 1],
      ["2008-12-30", 0],
    ] as const) {
      const { source, whole } = await stored(parameters(end), marketOf([series]));
      expect(reportOf(source).analysis.months).toHaveLength(ends);
      expect(reportOf(source).analysis).toEqual({ ...whole, parameters: source.parameters });
    }
  });

  it("is made against another execution and against the synthetic market", async () => {
    const parameters = { symbol: "SPY", initial_capital: 1000, short_window: 20, long_window: 50 };
    const empty: Market = { load: async () => priceTable([], { kind: "stored", origins: {} }) };
    const { result, series } = await runToColumns(strategy, parameters, empty);
    const source: ReportSource = {
      executionId: 1,
      parameters,
      result,
      series: packSeries(series),
      sessions: { afterLastDay: series.days.at(-1)! + 1, ofFirstYear: 0 },
      benchmark: { kind: "execution", name: "execution:2", series: packSeries(series) },
      riskFree: 0,
      crises: [{ from: "2016-01-04", to: "2016-02-01" }],
      sweep: null,
    };
    const { analysis, trades, decisions } = reportOf(source);
    expect(analysis.benchmark).toMatchObject({ name: "execution:2", beta: expect.closeTo(1, 12), tracking_error: 0 });
    expect(analysis.crises.at(-1)).toMatchObject({ from: "2016-01-04", return: expect.any(Number) });
    expect(trades).toEqual(result.trades);
    expect(decisions.length).toBeGreaterThan(10);
    const synthetic = reportOf({ ...source, benchmark: { kind: "synthetic", name: "SPY", seed: 1 } });
    expect(synthetic.analysis.benchmark!.beta).toBeGreaterThan(0.2);
  });
});

const sample = sharedFile("reference/report-figures-sample.json");

describe.runIf(hasReferenceData && isAvailable(sample))("the report of reference (needs ../shared)", () => {
  it("has the figures made elsewhere to 1e-9, from what is stored", async () => {
    const { case: wanted } = readReference("report-figures-sample.json") as {
      case: {
        readonly strategy: string;
        readonly parameters: ReportSource["parameters"];
        readonly ask: { readonly benchmark: string; readonly risk_free: number };
        readonly expect: Record<string, unknown>;
      };
    };
    const market = marketOf(fundPrices());
    const { parameters, ask } = wanted;
    const own = builtInStrategies.find(({ name }) => name === wanted.strategy)!;
    const { result, series } = await runToColumns(own, parameters, market);
    const { days, closes } = await market.load([ask.benchmark]);
    const { analysis } = reportOf({
      executionId: 1,
      parameters,
      result,
      series: packSeries(series),
      sessions: { afterLastDay: series.days.at(-1)! + 1, ofFirstYear: toDay("2010-01-04") },
      benchmark: { kind: "prices", name: ask.benchmark, days, values: closes[0]! },
      riskFree: ask.risk_free,
      crises: [],
      sweep: null,
    });
    const { rolling: _thinned, ...expected } = wanted.expect;
    expect(differences(analysis, expected, { extra: true })).toEqual([]);
  });
});
