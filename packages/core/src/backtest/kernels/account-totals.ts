import { cagr, calmar } from "../performance.ts";

/** Totals of an account that one pass over its days can compute. Every evaluation overwrites them. */
export interface AccountTotals {
  finalValue: number;
  /** Least ratio of an equity to an earlier or equal one: 1 plus the maximum drawdown. */
  deepest: number;
  /** Sum of the daily returns of the account, and of their squares. */
  sumOfReturns: number;
  sumOfSquares: number;
  /** Number of purchases of a ticker that was not held. */
  trades: number;
  /** Sum over the days of the fraction of equity held in assets. */
  invested: number;
}

export function emptyTotals(): AccountTotals {
  return { finalValue: 0, deepest: 1, sumOfReturns: 0, sumOfSquares: 0, trades: 0, invested: 0 };
}

/** The metrics of a result that sweeps report; NaN where a result has null. */
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
 * Computes metrics from totals over a number of trading and calendar days, by the definitions of `performance.ts`. Null when
 * the returns vary so little around their mean that sums of squares cannot give their deviation. Use the plain backtest then.
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
