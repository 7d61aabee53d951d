import { countUpTo, toIsoDay } from "../market/calendar.ts";
import { cagr, returnsOf } from "../backtest/performance.ts";
import { mean } from "../strategy/indicators/statistics.ts";
import type { BenchmarkBlock } from "./analysis-schema.ts";
import { type Curve, monthPoints, monthReturns } from "./curve.ts";
import { figuresOf, less, riskFreeOf, shareOf } from "./figures.ts";
import { correlation, covariance, deviation, finite, ratio } from "./statistics.ts";

/** A benchmark with its own days: adjusted closes of a ticker, or the equity of another execution. */
export interface BenchmarkSeries {
  readonly name: string;
  /** Day numbers, oldest first. */
  readonly days: Int32Array;
  readonly values: Float64Array;
}

/** The benchmark does not cover the days of the account. */
export class BenchmarkRangeError extends Error {
  override readonly name = "BenchmarkRangeError";
}

/**
 * The benchmark on the days of the curve: for each day the last value at or before it. Its first value counts as the capital.
 * @throws BenchmarkRangeError unless it begins on or before the first day and reaches the last
 */
export function benchmarkCurve(curve: Curve, { name, days, values }: BenchmarkSeries): Curve {
  const [first, last] = [curve.days[0]!, curve.days.at(-1)!];
  if (days.length === 0) throw new BenchmarkRangeError(`${name} has no values`);
  if (days[0]! > first || days.at(-1)! < last) {
    throw new BenchmarkRangeError(
      `${name} reaches from ${toIsoDay(days[0]!)} to ${toIsoDay(days.at(-1)!)}, but the execution runs from ` +
        `${toIsoDay(first)} to ${toIsoDay(last)}`,
    );
  }
  let position = countUpTo(days, first) - 1;
  const aligned = Float64Array.from(curve.days, (day) => {
    while (position + 1 < days.length && days[position + 1]! <= day) position += 1;
    return values[position]!;
  });
  return { ...curve, values: aligned, capital: aligned[0]! };
}

/**
 * Compares the account with its benchmark, as the `benchmark` block of an analysis. `benchmark`: from `benchmarkCurve`.
 * The alpha is empyrical's arithmetic one; captures follow Morningstar's, annualised.
 */
export function compareWith(curve: Curve, name: string, benchmark: Curve, riskFree: number): BenchmarkBlock {
  const [r, b] = [returnsOf(curve.values), returnsOf(benchmark.values)];
  const points = monthPoints(curve);
  const [m, benchmarkM] = [monthReturns(curve, points), monthReturns(benchmark, points)];
  const figures = figuresOf(benchmark, riskFree, { turnover: null, exposure: null });
  // As if the benchmark had been bought with the capital of the account on the first day.
  const scaled = { ...figures, final_value: curve.capital * (1 + figures.return) };
  const growth = cagr(curve.capital, curve.values.at(-1)!, curve.days.at(-1)! - curve.days[0]!);
  const difference = r.map((value, index) => value - b[index]!);
  const tracking = deviation(difference);
  const beta = r.length < 2 ? null : ratio(covariance(r, b), covariance(b, b));
  const related = correlation(r, b);
  const ahead = ratio(difference.length === 0 ? null : mean(difference), tracking);
  return {
    name,
    figures: scaled,
    beta,
    alpha: beta === null ? null : alphaOf(r, b, beta, riskFreeOf(riskFree, 252)),
    correlation: related,
    r_squared: related === null ? null : related * related,
    tracking_error: tracking === null ? null : tracking * Math.sqrt(252),
    information_ratio: ahead === null ? null : ahead * Math.sqrt(252),
    up_capture: captureOf(m, benchmarkM, (value) => value > 0),
    down_capture: captureOf(m, benchmarkM, (value) => value < 0),
    treynor: growth === null ? null : ratio(growth - riskFree, beta),
    months_ahead: shareOf(m, (value, index) => value > benchmarkM[index]!),
  };
}

function alphaOf(r: Float64Array, b: Float64Array, beta: number, riskFree: number): number | null {
  const [own, other] = [less(r, riskFree), less(b, riskFree)];
  return finite(252 * mean(own.map((value, index) => value - beta * other[index]!)));
}

/** The growth of the account over that of the benchmark, both annualised, in the months whose benchmark return `isOne` accepts. */
function captureOf(m: Float64Array, benchmark: Float64Array, isOne: (value: number) => boolean): number | null {
  const chosen = benchmark.filter(isOne).length;
  const growth = (returns: Float64Array): number => {
    let product = 1;
    for (let index = 0; index < returns.length; index += 1)
      if (isOne(benchmark[index]!)) product *= 1 + returns[index]!;
    return product ** (12 / chosen) - 1;
  };
  return chosen === 0 ? null : ratio(growth(m), growth(benchmark));
}
