import { toIsoDay } from "../market/calendar.ts";
import { drawdowns, monthlyReturns, returnsOf, wholeYearReturns } from "../backtest/performance.ts";
import type { Result } from "../backtest/result.ts";
import type { Analysis } from "./analysis-schema.ts";
import { type BenchmarkSeries, benchmarkCurve, compareWith } from "./benchmark.ts";
import { crises as knownCrises, type Crisis, crisisFigures } from "./crises.ts";
import { type Curve, monthPoints, monthReturns } from "./curve.ts";
import { drawdownEpisodes } from "./drawdown-episodes.ts";
import { figuresOf, riskFreeOf } from "./figures.ts";
import { rollingFigures } from "./rolling.ts";
import { deflatedSharpe } from "./sharpe-probability.ts";

/** The input of an analysis. */
export interface AnalysisInput {
  readonly executionId: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly result: Pick<Result, "strategy" | "conventions"> & {
    readonly metrics: Pick<Result["metrics"], "turnover" | "exposure">;
    readonly period: Pick<Result["period"], "years">;
    readonly data: Pick<Result["data"], "sha256">;
  };
  readonly curve: Curve;
  readonly benchmark: BenchmarkSeries | null;
  /** The yearly risk-free return. */
  readonly riskFree: number;
  /** Additional crises besides the known ones. */
  readonly crises?: readonly Crisis[];
  /** For a sweep: the number of evaluated combinations and their annualised Sharpe ratios, NaN where undefined. */
  readonly sweep?: { readonly combinations: number; readonly sharpes: Float64Array } | undefined;
}

const windows = [126, 252];

/** Every figure of an execution. The same input gives the same bytes of JSON. @throws BenchmarkRangeError */
export function analyse({
  executionId,
  parameters,
  result,
  curve,
  benchmark,
  riskFree,
  crises = [],
  sweep,
}: AnalysisInput): Analysis {
  const { days, values, capital, months, firstRow } = curve;
  const other = benchmark === null ? null : benchmarkCurve(curve, benchmark);
  const dates = Array.from(days, toIsoDay);
  const points = monthPoints(curve);
  const [own, others] = [monthReturns(curve, points), other === null ? null : monthReturns(other, points)];
  const table = monthlyReturns(months, values, firstRow, capital);
  const otherTable = other === null ? null : monthlyReturns(months, other.values, firstRow, other.capital);
  const whole = new Set(wholeYearReturns(months, values, firstRow, capital).map(({ year }) => year));
  const daily = returnsOf(values);
  const otherDaily = other === null ? null : returnsOf(other.values);
  return {
    execution_id: executionId,
    strategy: result.strategy,
    parameters: { ...parameters },
    risk_free: riskFree,
    period: {
      first_day: dates[0]!,
      last_day: dates.at(-1)!,
      trading_days: dates.length,
      years: result.period.years,
    },
    data_sha256: result.data.sha256,
    conventions: [...result.conventions],
    figures: figuresOf(curve, riskFree, result.metrics),
    benchmark: benchmark === null || other === null ? null : compareWith(curve, benchmark.name, other, riskFree),
    drawdowns: drawdownEpisodes(days, drawdowns(values)),
    years: table.map(({ year, total }, index) => ({
      year,
      return: total,
      benchmark_return: otherTable?.[index]?.total ?? null,
      whole: whole.has(year),
    })),
    months: Array.from(own, (value, index) => ({
      month_end: dates[points[index + 1]!]!,
      return: value,
      benchmark_return: others?.[index] ?? null,
    })),
    monthly_returns: table,
    rolling: windows.map((window) => ({
      days: window,
      dates: dates.slice(window),
      ...rollingFigures(daily, otherDaily, window, riskFreeOf(riskFree, 252)),
    })),
    crises: crisisFigures(curve, other?.values ?? null, [...knownCrises, ...crises]),
    curve: {
      dates,
      equity: Array.from(values),
      drawdown: Array.from(drawdowns(values)),
      benchmark: other === null ? null : Array.from(other.values, (value) => (value / other.capital) * capital),
    },
    deflated_sharpe: sweep === undefined ? null : deflatedSharpe(daily, sweep.combinations, sweep.sharpes),
  };
}
