import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarMonths, countUpTo, isWeekday, toDay, toIsoDay } from "../market/calendar.ts";
import { differences } from "../testing/differences.ts";
import {
  type PlainCurve,
  plainComparison,
  plainEpisodes,
  plainFigures,
  plainRolling,
} from "../testing/plain-analysis.ts";
import { analyse, type AnalysisInput } from "./analyse.ts";
import { Analysis } from "./analysis-schema.ts";
import { BenchmarkRangeError } from "./benchmark.ts";

const result = {
  strategy: "Test",
  conventions: ["Prices are adjusted closes."],
  metrics: { turnover: 1.5, exposure: 0.8 },
  period: { years: 1 },
  data: { sha256: "0".repeat(64) },
};

/** An analysis of a curve that is written as a list of days and values. */
function analysisOf(curve: PlainCurve, others: Partial<AnalysisInput> = {}): Analysis {
  const market = Int32Array.from(curve.market, toDay);
  const days = Int32Array.from(curve.dates, toDay);
  const analysis = analyse({
    executionId: 7,
    parameters: { symbol: "SPY" },
    result,
    curve: {
      days,
      values: Float64Array.from(curve.values),
      capital: curve.capital,
      months: calendarMonths(market),
      firstRow: countUpTo(market, days[0]!) - 1,
    },
    benchmark: null,
    riskFree: 0,
    ...others,
  });
  // What the schema would not take, such as NaN, is no analysis.
  return Analysis.parse(analysis);
}

function onWeekdays(start: string, values: readonly number[], capital = values[0]!): PlainCurve {
  const dates: string[] = [];
  for (let day = toDay(start); dates.length < values.length; day += 1) if (isWeekday(day)) dates.push(toIsoDay(day));
  return { dates, values, capital, market: dates };
}

function benchmarkOf({ dates, values }: PlainCurve, name = "BENCH"): AnalysisInput["benchmark"] {
  return { name, days: Int32Array.from(dates, toDay), values: Float64Array.from(values) };
}

/** Days of a market with holes, and a curve on some of them in a row. */
const marketDays = fc
  .tuple(
    fc.integer({ min: 8_000, max: 20_000 }),
    fc.array(fc.nat(9), { minLength: 1, maxLength: 700, size: "max" }),
    fc.nat(30),
    fc.nat(30),
  )
  .map(([start, steps, before, after]) => {
    const market: string[] = [];
    let day = start;
    // One weekday in ten is a holiday, one in a hundred begins a long hole.
    for (const [index, step] of steps.entries()) {
      day += step === 0 ? 2 + (index % 10 === 0 ? 30 : 0) : 1;
      while (!isWeekday(day)) day += 1;
      market.push(toIsoDay(day));
    }
    const first = Math.min(before, market.length - 1);
    return { market, dates: market.slice(first, Math.max(first + 1, market.length - after)) };
  });
const change = fc.oneof(
  fc.double({ min: -0.2, max: 0.25, noNaN: true }),
  fc.constantFrom(0, 0, 0.01, -0.01, 0.05, -0.05),
);
const riskFree = fc.constantFrom(0, 0.02, -0.01, 0.1);

function valuesOf(changes: Iterable<number>, count: number, start: number): number[] {
  const values = [start];
  for (const one of changes) {
    if (values.length >= count) break;
    // Rounded as prices are, so that ties are ties.
    values.push(Math.max(Math.round(values.at(-1)! * (1 + one) * 1e6) / 1e6, 1));
  }
  return values.slice(0, count);
}

const drawn = fc
  .tuple(marketDays, fc.infiniteStream(change), fc.infiniteStream(change), fc.constantFrom(1, 1.001, 1.02), riskFree)
  .map(([{ market, dates }, own, other, cost, rate]) => {
    const values = valuesOf(own, dates.length, 100_000);
    const benchmark = valuesOf(other, dates.length, 50);
    return {
      curve: { dates, values, capital: values[0]! * cost, market },
      benchmark: { dates, values: benchmark, capital: benchmark[0]!, market },
      rate,
    };
  });

describe("an analysis", () => {
  it("agrees with the definitions computed a second time, on random curves", () => {
    fc.assert(
      fc.property(drawn, ({ curve, benchmark, rate }) => {
        const analysis = analysisOf(curve, { riskFree: rate, benchmark: benchmarkOf(benchmark) });
        const account = { turnover: 1.5, exposure: 0.8 };
        expect(differences(analysis.figures, { ...plainFigures(curve, rate), ...account })).toEqual([]);
        const { name, figures, ...comparison } = analysis.benchmark!;
        expect(name).toBe("BENCH");
        const final = (benchmark.values.at(-1)! / benchmark.values[0]!) * curve.capital;
        const none = { turnover: null, exposure: null };
        const wanted = { ...plainFigures(benchmark, rate), ...none, final_value: final };
        expect(differences(figures, wanted)).toEqual([]);
        expect(differences(comparison, plainComparison(curve, benchmark, rate))).toEqual([]);
        expect(differences(analysis.drawdowns, plainEpisodes(curve))).toEqual([]);
        for (const { days, dates, sharpe, volatility, beta } of analysis.rolling) {
          expect(dates).toEqual(curve.dates.slice(days));
          const found = dates.map((_, index) => ({
            sharpe: sharpe[index],
            volatility: volatility[index],
            beta: beta![index],
          }));
          const wantedFigures = plainRolling(curve.values, benchmark.values, days, rate);
          expect(differences(found, wantedFigures)).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("gives the same bytes for the same input", () => {
    const curve = onWeekdays("2020-01-01", valuesOf([0.01, -0.02, 0.03], 4, 1000));
    expect(JSON.stringify(analysisOf(curve))).toBe(JSON.stringify(analysisOf({ ...curve })));
  });

  it("says what it is of", () => {
    const curve = onWeekdays("2020-01-01", [100, 101, 102], 100.5);
    expect(analysisOf(curve, { riskFree: 0.02 })).toMatchObject({
      execution_id: 7,
      strategy: "Test",
      parameters: { symbol: "SPY" },
      risk_free: 0.02,
      period: { first_day: "2020-01-01", last_day: "2020-01-03", trading_days: 3, years: 1 },
      data_sha256: result.data.sha256,
      conventions: result.conventions,
      benchmark: null,
      deflated_sharpe: null,
      curve: { dates: curve.dates, equity: [100, 101, 102], drawdown: [0, 0, 0], benchmark: null },
    });
  });
});

describe("a curve without variation", () => {
  const flat = onWeekdays(
    "2019-12-02",
    Array.from({ length: 400 }, () => 100),
  );
  const wild = onWeekdays(
    "2019-12-02",
    Array.from({ length: 400 }, (_, index) => 100 + (index % 7)),
  );

  it("has no ratios, and zeros where nothing happened", () => {
    const { figures, drawdowns, rolling } = analysisOf(flat, { riskFree: 0.02 });
    expect(figures).toMatchObject({
      return: 0,
      cagr: 0,
      volatility: 0,
      volatility_monthly: 0,
      sharpe: null,
      sharpe_monthly: null,
      max_drawdown: 0,
      calmar: null,
      ulcer_index: 0,
      martin_ratio: null,
      omega: null,
      skewness: null,
      excess_kurtosis: null,
      var_95: 0,
      cvar_95: 0,
      tail_ratio: null,
      stability: null,
      days_won: 0,
      months_won: 0,
      mean_up_month: null,
      mean_down_month: null,
      profit_factor: null,
      gain_to_pain: null,
      under_water: 0,
      probabilistic_sharpe: null,
      return_1_month: 0,
    });
    // Below the risk-free rate every day is a loss of the same size.
    expect(figures.sortino).toBeCloseTo(-Math.sqrt(252), 9);
    expect(drawdowns).toEqual([]);
    for (const { volatility, sharpe } of rolling) {
      expect(new Set(volatility)).toEqual(new Set([0]));
      expect(new Set(sharpe)).toEqual(new Set([null]));
    }
  });

  it("has a beta of 0, and is no benchmark to have a beta against", () => {
    const quiet = analysisOf(flat, { benchmark: benchmarkOf(wild) });
    expect(quiet.benchmark).toMatchObject({ beta: 0, correlation: null, r_squared: null, treynor: null });
    expect(quiet.rolling[0]!.beta).toContain(0);
    const loud = analysisOf(wild, { benchmark: benchmarkOf(flat) });
    expect(loud.benchmark).toMatchObject({
      beta: null,
      alpha: null,
      correlation: null,
      up_capture: null,
      down_capture: null,
      treynor: null,
    });
    expect(new Set(loud.rolling[0]!.beta)).toEqual(new Set([null]));
  });

  it("is one that grows by the same factor, whatever rounding makes of it", () => {
    const { figures, rolling } = analysisOf(
      onWeekdays(
        "2019-12-02",
        Array.from({ length: 300 }, (_, n) => 1.001 ** n),
      ),
    );
    expect(figures).toMatchObject({ sharpe: null, skewness: null, excess_kurtosis: null, stability: null });
    expect(figures).toMatchObject({ probabilistic_sharpe: null, sortino: null, days_won: 1, omega: null });
    expect(figures.var_95).toBeCloseTo(0.001, 12);
    expect(new Set(rolling[0]!.volatility)).toEqual(new Set([0]));
    expect(new Set(rolling[0]!.sharpe)).toEqual(new Set([null]));
  });

  it("is a stretch after a wild one, without a rest of it", () => {
    const values = Array.from({ length: 400 }, (_, index) => (index < 100 ? 100 * (1 + (index % 5)) : 1e6));
    const { sharpe, volatility } = analysisOf(onWeekdays("2019-12-02", values)).rolling[0]!;
    expect([volatility.at(-1), sharpe.at(-1)]).toEqual([0, null]);
    expect(volatility[0]).toBeGreaterThan(1);
  });
});

describe("a single day", () => {
  it("has a value and little else", () => {
    const { figures, benchmark, years, months, drawdowns, rolling, monthly_returns } = analysisOf(
      onWeekdays("2020-05-05", [99], 100),
      { benchmark: benchmarkOf(onWeekdays("2020-05-05", [50])) },
    );
    const { final_value, return: whole, max_drawdown, ulcer_index, under_water, turnover, exposure, ...none } = figures;
    expect({ final_value, whole, max_drawdown, ulcer_index, under_water, turnover, exposure }).toEqual({
      final_value: 99,
      whole: expect.closeTo(-0.01, 12),
      max_drawdown: 0,
      ulcer_index: 0,
      under_water: 0,
      turnover: 1.5,
      exposure: 0.8,
    });
    expect(new Set(Object.values({ ...none, max_drawdown_monthly: null }))).toEqual(new Set([null]));
    const { name: _name, figures: _figures, ...comparison } = benchmark!;
    expect(new Set(Object.values(comparison))).toEqual(new Set([null]));
    expect(years).toEqual([{ year: 2020, return: null, benchmark_return: null, whole: false }]);
    expect([months, drawdowns]).toEqual([[], []]);
    expect(monthly_returns).toHaveLength(1);
    expect(rolling.map(({ dates }) => dates)).toEqual([[], []]);
  });
});

describe("a curve that only loses", () => {
  it("has no gains, and one drawdown that lasts", () => {
    const curve = onWeekdays(
      "2021-12-31",
      Array.from({ length: 300 }, (_, n) => 1000 - 2 * n - (n % 2)),
    );
    const { figures, drawdowns } = analysisOf(curve);
    expect(figures).toMatchObject({
      omega: 0,
      profit_factor: 0,
      gain_to_pain: -1,
      days_won: 0,
      months_won: 0,
      years_won: 0,
      mean_up_month: null,
      under_water: 299 / 300,
    });
    expect(figures.best_month!.return).toBeLessThan(0);
    expect(drawdowns).toEqual([
      expect.objectContaining({ peak_day: "2021-12-31", recovery_day: null, days_back: null }),
    ]);
  });
});

describe("few returns", () => {
  it("are enough for some figures and too few for others", () => {
    const of = (...values: number[]) => analysisOf(onWeekdays("2020-03-02", values)).figures;
    expect(of(100, 101)).toMatchObject({ volatility: null, var_95: null, days_won: 1, stability: null });
    expect(of(100, 101)).toMatchObject({ best_day: { date: "2020-03-03", return: expect.closeTo(0.01, 12) } });
    expect(of(100, 101, 100)).toMatchObject({ volatility: expect.any(Number), skewness: null });
    expect(of(100, 101, 100, 102)).toMatchObject({ skewness: expect.any(Number), excess_kurtosis: null });
    expect(of(100, 101, 100, 102)).toMatchObject({ probabilistic_sharpe: null });
    expect(of(100, 101, 100, 102, 101)).toMatchObject({ probabilistic_sharpe: expect.any(Number) });
  });
});

describe("ties", () => {
  it("are the earliest", () => {
    const { figures, drawdowns } = analysisOf(onWeekdays("2020-03-02", [100, 50, 100, 50, 100, 50]));
    expect(figures.best_day?.date).toBe("2020-03-04");
    expect(figures.worst_day?.date).toBe("2020-03-03");
    expect(drawdowns.map(({ peak_day }) => peak_day)).toEqual(["2020-03-02", "2020-03-04", "2020-03-06"]);
  });

  it("of losses count together, whatever rounding makes of them", () => {
    // 1.33 / 1.4 - 1 and 3.8 / 4 - 1 are both -5 % and differ in their last bit; the lower one is the quantile.
    const rises = Array.from({ length: 15 }, (_, index) => 5 + index);
    const { figures } = analysisOf(onWeekdays("2020-03-02", [1, 1.4, 1.33, 4, 3.8, 8, 4, ...rises]));
    expect(figures.var_95).toBeCloseTo(-0.05, 12);
    expect(figures.cvar_95).toBeCloseTo((-0.5 - 0.05 - 0.05) / 3, 12);
  });
});

describe("returns up to the last day", () => {
  it("begin on the last day of a shorter month, and on 31 December for the year to date", () => {
    const dates = ["2019-12-31", "2020-02-28", "2020-02-29", "2020-03-02", "2020-03-31"];
    const curve = { dates, values: [50, 80, 100, 90, 110], capital: 50, market: dates };
    expect(analysisOf(curve).figures).toMatchObject({
      return_1_month: expect.closeTo(0.1, 12),
      return_3_months: expect.closeTo(1.2, 12),
      return_year_to_date: expect.closeTo(1.2, 12),
      return_6_months: null,
      return_1_year: null,
    });
  });
});

describe("crises", () => {
  const dates = ["2020-02-18", "2020-02-19", "2020-03-02", "2020-03-20", "2020-03-23", "2020-04-01"];
  const curve = { dates, values: [90, 100, 70, 60, 80, 85], capital: 90, market: dates };

  it("are all listed, with figures for those the account saw as a whole", () => {
    const { crises } = analysisOf(curve, { benchmark: benchmarkOf({ ...curve, values: [1, 1, 1, 1, 2, 2] }) });
    expect(crises).toHaveLength(7);
    expect(crises.filter((crisis) => crisis.return !== null)).toEqual([
      {
        from: "2020-02-19",
        to: "2020-03-23",
        return: expect.closeTo(-0.2, 12),
        max_drawdown: expect.closeTo(-0.4, 12),
        benchmark_return: 1,
      },
    ]);
  });

  it("are also those that are asked for, from the last days at or before both", () => {
    const asked = [
      { from: "2020-03-01", to: "2020-03-22" },
      { from: "2020-02-17", to: "2020-03-22" },
    ];
    expect(analysisOf(curve, { crises: asked }).crises.slice(7)).toEqual([
      { ...asked[0], return: expect.closeTo(-0.4, 12), max_drawdown: expect.closeTo(-0.4, 12), benchmark_return: null },
      { ...asked[1], return: null, max_drawdown: null, benchmark_return: null },
    ]);
  });
});

describe("a benchmark", () => {
  const curve = onWeekdays("2020-03-03", [100, 101, 103], 102);

  it("counts with the last value at or before each day", () => {
    const dates = ["2020-03-02", "2020-03-04", "2020-03-09"];
    const { curve: drawnCurve, benchmark } = analysisOf(curve, {
      benchmark: benchmarkOf({ dates, values: [50, 55, 70], capital: 50, market: dates }),
    });
    expect(drawnCurve.benchmark).toEqual([102, expect.closeTo(112.2, 9), expect.closeTo(112.2, 9)]);
    expect(benchmark!.figures).toMatchObject({ return: expect.closeTo(0.1, 12), turnover: null, exposure: null });
    expect(benchmark!.figures.final_value).toBeCloseTo(112.2, 9);
  });

  it("has to cover the account's days", () => {
    const from = (start: string, values: number[]) => () =>
      analysisOf(curve, { benchmark: benchmarkOf(onWeekdays(start, values)) });
    expect(from("2020-03-04", [1, 2])).toThrow(BenchmarkRangeError);
    expect(from("2020-03-02", [1, 2, 3])).toThrow(
      "BENCH reaches from 2020-03-02 to 2020-03-04, but the execution runs from 2020-03-03 to 2020-03-05",
    );
    expect(from("2020-03-03", [1, 2, 3])).not.toThrow();
    expect(from("2020-03-03", [])).toThrow("BENCH has no values");
  });
});

describe("the market's calendar", () => {
  it("leaves out a month whose end lies past the last day", () => {
    const market = ["2021-04-30", "2021-05-27", "2021-05-28", "2021-06-01"];
    const of = (dates: string[], values: number[]) => analysisOf({ dates, values, capital: 100, market }).months;
    expect(of(market.slice(0, 3), [100, 120, 110])).toMatchObject([{ month_end: "2021-05-28" }]);
    expect(of(market.slice(0, 2), [100, 120])).toEqual([]);
  });

  it("tells which years are whole", () => {
    const market = ["2019-12-31", "2020-01-02", "2020-12-31", "2021-12-31", "2022-01-03"];
    const years = (dates: string[]) =>
      analysisOf({ dates, values: dates.map((_, index) => 100 + index), capital: 100, market }).years;
    expect(years(market.slice(1, 3))).toMatchObject([{ year: 2020, whole: true }]);
    expect(years(market.slice(2))).toMatchObject([
      { year: 2020, whole: false, return: null },
      { year: 2021, whole: false },
      { year: 2022, whole: false },
    ]);
  });
});
