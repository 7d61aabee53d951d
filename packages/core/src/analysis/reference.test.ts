import { describe, expect, it } from "vitest";
import { runStrategy } from "../backtest/run-strategy.ts";
import { builtInStrategies } from "../strategies/index.ts";
import { differences } from "../testing/differences.ts";
import { fundPrices, hasReferenceData, marketOf, readReference } from "../testing/prices.ts";
import { isAvailable, sharedFile } from "../testing/shared-file.ts";
import { analyse } from "./analyse.ts";
import { calendarMonths, countUpTo, toDay } from "../market/calendar.ts";

const hasSample = hasReferenceData && isAvailable(sharedFile("reference/report-figures-sample.json"));

interface Rolling {
  readonly days: number;
  readonly count: number;
  readonly nulls: number;
  readonly dates: readonly string[];
  readonly [figure: string]: unknown;
}

interface Sample {
  readonly case: {
    readonly strategy: string;
    readonly parameters: Record<string, unknown> & { readonly initial_capital: number };
    readonly ask: { readonly benchmark: string; readonly risk_free: number };
    readonly expect: Record<string, unknown> & { readonly rolling: readonly Rolling[] };
  };
}

describe.runIf(hasSample)("the figures of a report made elsewhere (needs ../shared)", () => {
  it("are the same to 1e-9", async () => {
    const { case: wanted } = readReference("report-figures-sample.json") as Sample;
    const market = marketOf(fundPrices());
    const strategy = builtInStrategies.find(({ name }) => name === wanted.strategy)!;
    const { result, series } = await runStrategy(strategy, wanted.parameters, market);
    const tickers = Object.keys(result.data.tickers);
    const marketDays = (await market.load(tickers)).days;
    const days = Int32Array.from(series.dates, toDay);
    const table = await market.load([wanted.ask.benchmark]);
    const analysis = analyse({
      executionId: 1,
      parameters: wanted.parameters,
      result,
      curve: {
        days,
        values: Float64Array.from(series.equity),
        capital: wanted.parameters.initial_capital,
        months: calendarMonths(marketDays),
        firstRow: countUpTo(marketDays, days[0]!) - 1,
      },
      benchmark: { name: wanted.ask.benchmark, days: table.days, values: table.closes[0]! },
      riskFree: wanted.ask.risk_free,
    });
    const { rolling, ...expected } = wanted.expect;
    expect(differences(analysis, expected, { extra: true })).toEqual([]);
    rolling.forEach(({ days: window, count, nulls, dates, ...figures }, index) => {
      const ours = analysis.rolling[index]!;
      expect([ours.days, ours.dates.length, ours.sharpe.filter((value) => value === null).length]).toEqual([
        window,
        count,
        nulls,
      ]);
      const at = dates.map((date) => ours.dates.indexOf(date));
      for (const [name, values] of Object.entries(figures)) {
        const ofDays = ours[name as "sharpe" | "volatility" | "beta"]!;
        expect(ofDays).toHaveLength(count);
        expect(
          differences(
            at.map((position) => ofDays[position]),
            values,
          ),
        ).toEqual([]);
      }
    });
  });
});
