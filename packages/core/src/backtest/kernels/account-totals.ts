import { cagr, calmar } from "../performance.ts";

/** What became of an account, as one pass over its days can know it. Written anew by each evaluation. */
export interface AccountTotals {
  finalValue: number;
  /** The least ratio of an equity to one not after it: 1 and the maximum drawdown. */
  deepest: number;
  /** Of the daily returns of the account, and of their squares. */
  sumOfReturns: number;
  sumOfSquares: number;
  /** How often a ticker was bought that was not held. */
  trades: number;
  /** Sum over the days of the share of the equity held in assets. */
  invested: number;
}

export function emptyTotals(): AccountTotals {
  return { finalValue: 0, deepest: 1, sumOfReturns: 0, sumOfSquares: 0, trades: 0, invested: 0 };
}

/** The metrics of a result that sweeps report; NaN where a result says null. */
export interface TotalsMetrics {
  readonly return: number;
  readonly cagr: number;
  readonly volatility: number;
  readonly sharpe: number;
  readonly max_drawdown: number;
  readonly calmar: number;
  readonly trades: number;
  readonly exposure: number;
  readonly final_value: number;
}

/**
 * The metrics of an totals over so many trading and calendar days, by the definitions of `metrics.ts`. Null when the returns
 * vary so little beside their mean that their deviation cannot be had from sums of squares: then the plain backtest tells.
 */
export function metricsOfTotals(
  totals: AccountTotals,
  { capital, days, calendarDays }: { capital: number; days: number; calendarDays: number },
): TotalsMetrics | null {
  const { finalValue, sumOfReturns, sumOfSquares } = totals;
  const returns = days - 1;
  const mean = sumOfReturns / returns;
  const spread = sumOfSquares - sumOfReturns * mean;
  if (sumOfSquares > 0 && !(spread > 1e-4 * sumOfSquares && spread > 1e-20)) return null;
  const deviation = returns < 2 ? Number.NaN : Math.sqrt(spread / (returns - 1));
  const growth = cagr(capital, finalValue, calendarDays) ?? Number.NaN;
  const drawdown = totals.deepest - 1;
  return {
    return: finalValue / capital - 1,
    cagr: growth,
    volatility: deviation * Math.sqrt(252),
    sharpe: deviation > 0 ? (mean / deviation) * Math.sqrt(252) : Number.NaN,
    max_drawdown: drawdown,
    calmar: calmar(growth, drawdown) ?? Number.NaN,
    trades: totals.trades,
    exposure: totals.invested / days,
    final_value: finalValue,
  };
}
