import { toIsoDay } from "../market/calendar.ts";
import {
  cagr,
  calmar,
  drawdowns,
  maxDrawdown,
  returnsOf,
  sharpe,
  sortino,
  volatility,
  wholeYearReturns,
} from "../backtest/performance.ts";
import { mean } from "../strategy/indicators/statistics.ts";
import type { Figures } from "./analysis-schema.ts";
import { type Curve, monthPoints, monthReturns } from "./curve.ts";
import { underWater } from "./drawdown-episodes.ts";
import { probabilisticSharpe } from "./sharpe-probability.ts";
import {
  excessKurtosis,
  finite,
  isConstant,
  noise,
  quantile,
  ratio,
  skewness,
  sum,
  correlation,
} from "./statistics.ts";
import { trailingReturns } from "./trailing-returns.ts";

/** Figures that cannot be computed from the curve; null for a benchmark. */
export type AccountFigures = Pick<Figures, "turnover" | "exposure">;

/** The risk-free return of one of `periods` periods in a year, from the yearly one. */
export function riskFreeOf(yearly: number, periods: number): number {
  return (1 + yearly) ** (1 / periods) - 1;
}

/** The figures of a curve. `riskFree`: the yearly return, subtracted only in figures of excess returns. */
export function figuresOf(curve: Curve, riskFree: number, { turnover, exposure }: AccountFigures): Figures {
  const { days, values, capital, months, firstRow } = curve;
  const final = values.at(-1)!;
  const points = monthPoints(curve);
  const [daily, monthly] = [returnsOf(values), monthReturns(curve, points)];
  const years = wholeYearReturns(months, values, firstRow, capital);
  const growth = cagr(capital, final, days.at(-1)! - days[0]!);
  const drawdown = drawdowns(values);
  const deepest = maxDrawdown(values);
  const ulcer = Math.sqrt(mean(drawdown.map((depth) => depth * depth)));
  const [dailyExcess, monthlyExcess] = [
    less(daily, riskFreeOf(riskFree, 252)),
    less(monthly, riskFreeOf(riskFree, 12)),
  ];
  const ascending = daily.toSorted();
  const fifth = quantile(ascending, 0.05);
  const gainsOverLosses = ratio(sum(gainsOf(daily)), -sum(lossesOf(daily)));
  const byDay = { daily, dateOf: (position: number) => toIsoDay(days[position + 1]!) };
  const byMonth = { monthly, dateOf: (position: number) => toIsoDay(days[points[position + 1]!]!) };
  return {
    final_value: final,
    return: final / capital - 1,
    cagr: growth,
    volatility: volatility(daily, 252),
    volatility_monthly: volatility(monthly, 12),
    sharpe: sharpe(dailyExcess, 252),
    sharpe_monthly: sharpe(monthlyExcess, 12),
    sortino: sortino(dailyExcess, 252),
    sortino_monthly: sortino(monthlyExcess, 12),
    max_drawdown: deepest,
    max_drawdown_monthly: maxDrawdown(Float64Array.from(points, (point) => values[point]!)),
    turnover,
    exposure,
    calmar: calmar(growth, deepest),
    ulcer_index: ulcer,
    martin_ratio: ratio(growth, ulcer),
    omega: gainsOverLosses,
    skewness: skewness(daily),
    excess_kurtosis: excessKurtosis(daily),
    var_95: fifth,
    cvar_95: fifth === null ? null : mean(ascending.filter((value) => value <= fifth + noise)),
    tail_ratio: tailRatio(quantile(ascending, 0.95), fifth),
    stability: stability(daily),
    days_won: shareOf(daily, isGain),
    months_won: shareOf(monthly, isGain),
    years_won: shareOf(
      Float64Array.from(years, (year) => year.return),
      isGain,
    ),
    ...bestAndWorstDay(byDay),
    ...bestAndWorstMonth(byMonth),
    ...bestAndWorstYear(years),
    mean_up_month: meanOf(monthly.filter(isGain)),
    mean_down_month: meanOf(monthly.filter(isLoss)),
    profit_factor: gainsOverLosses,
    gain_to_pain: ratio(sum(monthly), -sum(lossesOf(monthly))),
    under_water: underWater(drawdown),
    probabilistic_sharpe: probabilisticSharpe(dailyExcess, 0),
    ...trailingReturns(curve),
  };
}

/** The share of the values that `counts` accepts. Null without values. */
export function shareOf(values: Float64Array, counts: (value: number, index: number) => boolean): number | null {
  return values.length === 0 ? null : values.filter(counts).length / values.length;
}

/** The excess returns: each return less the risk-free return of its period. */
export function less(returns: Float64Array, riskFree: number): Float64Array {
  return riskFree === 0 ? returns : returns.map((value) => value - riskFree);
}

/** Stability: R² of the line through the cumulated log returns. Null when the returns do not vary. */
function stability(returns: Float64Array): number | null {
  if (isConstant(returns)) return null;
  let total = 0;
  const cumulated = returns.map((value) => (total += Math.log1p(value)));
  const r = correlation(
    returns.map((_, index) => index),
    cumulated,
  );
  return r === null ? null : r * r;
}

function tailRatio(upper: number | null, lower: number | null): number | null {
  return upper === null || lower === null ? null : ratio(Math.abs(upper), Math.abs(lower));
}

function bestAndWorstDay({ daily, dateOf }: { daily: Float64Array; dateOf: (position: number) => string }) {
  const found = (position: number) => (position < 0 ? null : { date: dateOf(position), return: daily[position]! });
  return { best_day: found(highest(daily)), worst_day: found(lowest(daily)) };
}

function bestAndWorstMonth({ monthly, dateOf }: { monthly: Float64Array; dateOf: (position: number) => string }) {
  const found = (position: number) =>
    position < 0 ? null : { month_end: dateOf(position), return: monthly[position]! };
  return { best_month: found(highest(monthly)), worst_month: found(lowest(monthly)) };
}

function bestAndWorstYear(years: readonly { readonly year: number; readonly return: number }[]) {
  const returns = Float64Array.from(years, (year) => year.return);
  return { best_year: years[highest(returns)] ?? null, worst_year: years[lowest(returns)] ?? null };
}

/** The position of the highest value, the first of equals; -1 without values. */
function highest(values: Float64Array): number {
  return values.reduce((best, value, index) => (best < 0 || value > values[best]! ? index : best), -1);
}

function lowest(values: Float64Array): number {
  return values.reduce((best, value, index) => (best < 0 || value < values[best]! ? index : best), -1);
}

function isGain(value: number): boolean {
  return value > 0;
}

function isLoss(value: number): boolean {
  return value < 0;
}

function gainsOf(values: Float64Array): Float64Array {
  return values.filter(isGain);
}

function lossesOf(values: Float64Array): Float64Array {
  return values.filter(isLoss);
}

function meanOf(values: Float64Array): number | null {
  return values.length === 0 ? null : finite(mean(values));
}
