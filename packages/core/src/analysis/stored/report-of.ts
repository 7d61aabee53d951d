import { z } from "zod";
import { Result } from "../../backtest/result.ts";
import { openSeries } from "../../backtest/series/open-series.ts";
import { toDay } from "../../market/calendar.ts";
import { syntheticMarket } from "../../market/synthetic-market.ts";
import { analyse } from "../analyse.ts";
import type { Analysis } from "../analysis-schema.ts";
import type { BenchmarkSeries } from "../benchmark.ts";
import type { Crisis } from "../crises.ts";
import { type SessionsAround, storedCurve } from "./stored-curve.ts";

/** The input of a report on a stored execution. Plain data, so that a thread can receive it. */
export interface ReportSource {
  readonly executionId: number;
  readonly parameters: Readonly<Record<string, unknown>> & { readonly initial_capital: number };
  readonly result: Result;
  /** As stored. */
  readonly series: Uint8Array;
  readonly sessions: SessionsAround;
  readonly benchmark: BenchmarkSource | null;
  readonly riskFree: number;
  readonly crises: readonly Crisis[];
  /** Sweeps only: the number of evaluated combinations and the annualised Sharpe ratios of the table, NaN where undefined. */
  readonly sweep: { readonly combinations: number; readonly sharpes: Float64Array } | null;
}

/** The source of the benchmark's values. */
export type BenchmarkSource =
  | ({ readonly kind: "prices" } & BenchmarkSeries)
  | { readonly kind: "synthetic"; readonly name: string; readonly seed: number }
  | { readonly kind: "execution"; readonly name: string; readonly series: Uint8Array };

/** The contents of a report. */
export interface ReportContent {
  readonly analysis: Analysis;
  /** Oldest first. */
  readonly decisions: readonly ReportDecision[];
  /** Day on which the last decision was traded; null when the period ended before, undefined when it is not recorded. */
  readonly filledOn: string | null | undefined;
  /** Of strategies on one ticker, oldest first; null for others. */
  readonly trades: readonly NonNullable<Result["trades"]>[number][] | null;
}

interface ReportDecision {
  readonly date: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly mode: string | null;
  readonly because: string;
}

/** Computes the report of a stored execution. The same source gives the same bytes of JSON. @throws BenchmarkRangeError */
export function reportOf(source: ReportSource): ReportContent {
  const { result, parameters } = source;
  const series = openSeries(source.series);
  const curve = storedCurve({
    days: series.days,
    equity: series.equity,
    capital: parameters.initial_capital,
    metrics: result.metrics,
    marketFirstDay: toDay(result.data.first_day),
    sessions: source.sessions,
  });
  const analysis = analyse({
    executionId: source.executionId,
    parameters,
    result,
    curve,
    benchmark: source.benchmark === null ? null : benchmarkOf(source.benchmark),
    riskFree: source.riskFree,
    crises: source.crises,
    sweep: source.sweep ?? undefined,
  });
  const { data: trades = null } = Result.shape.trades.safeParse(result.trades);
  return { analysis, decisions: series.decisions, filledOn: filledOn(result), trades };
}

/** A user's strategy may report a portfolio of another shape. */
function filledOn({ portfolio, position }: Result): string | null | undefined {
  const { data } = Filled.safeParse(portfolio ?? position);
  return data?.filled_on;
}

const Filled = z.looseObject({ filled_on: z.iso.date().nullable() });

function benchmarkOf(source: BenchmarkSource): BenchmarkSeries {
  const { name } = source;
  if (source.kind === "prices") return source;
  if (source.kind === "synthetic") {
    const { days, closes } = syntheticMarket([name], source.seed);
    return { name, days, values: closes[0]! };
  }
  const { days, equity } = openSeries(source.series);
  return { name, days, values: equity };
}
