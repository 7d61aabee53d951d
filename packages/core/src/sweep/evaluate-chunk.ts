import { backtest, plan } from "../backtest/backtest.ts";
import { extrasOf } from "../backtest/decide/needs.ts";
import { type Period, periodOf } from "../backtest/period.ts";
import { runAllocation } from "../backtest/kernels/allocation.ts";
import { type CrossoverPrices, crossoverPrices, runCrossover } from "../backtest/kernels/crossover.ts";
import { emptyTotals, metricsOfTotals, type TotalsMetrics } from "../backtest/kernels/account-totals.ts";
import type { Market, PriceTable } from "../market/price-table.ts";
import { RecentTables } from "../market/recent-tables.ts";
import { cagr, calmar, maxDrawdown, returnsOf, sharpe, volatility } from "../backtest/performance.ts";
import { checkParameters, type Parameters } from "../strategy/parameters.ts";
import { loadTable } from "../backtest/run-strategy.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { type Strategy, StrategyError } from "../strategy/strategy.ts";
import { type Grid, openGrid } from "./grid.ts";
import { METRICS } from "./metrics-table.ts";
import type { Window } from "./walk-forward.ts";

/** A chunk of a sweep: the combinations `from`, `from + 1`, ... `to - 1`. */
export interface SweepChunk {
  readonly strategy: Strategy;
  /** The parameters that all combinations share, as the client gave them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly grid: Grid;
  readonly from: number;
  readonly to: number;
  readonly market: Market;
  /** Replaces `start_date` and `end_date`. */
  readonly window?: Window | undefined;
}

export interface EvaluatedChunk {
  /** One row of `METRICS` per combination, row-major; all NaN where there is no result. */
  readonly table: Float64Array<ArrayBuffer>;
  /** Combinations that the strategy's parameters do not allow. */
  readonly skipped: number;
  /** Combinations that failed, for example for lack of history, and the reason of the first failure. */
  readonly failed: number;
  readonly failure: string | null;
}

/**
 * Evaluates a chunk of a sweep. The table does not depend on the division into chunks, and agrees with the results of
 * executions to nine digits. Combinations share the price tables, the lookup tables of the crossover, and, when they differ
 * only in the common parameters (costs, fill, dates, capital), the decisions.
 */
export async function evaluateChunk(chunk: SweepChunk): Promise<EvaluatedChunk> {
  const { strategy, from, to } = chunk;
  const grid = openGrid(chunk.grid);
  const table = new Float64Array((to - from) * METRICS.length).fill(Number.NaN);
  const evaluate = evaluator(chunk);
  let skipped = 0;
  let failed = 0;
  let failure: string | null = null;
  for (let index = from; index < to; index += 1) {
    const given = { ...chunk.parameters, ...grid.combinationAt(index), ...chunk.window };
    const parsed = checkParameters(strategy, given);
    if (parsed instanceof Error || !parsed.success) {
      skipped += 1;
      continue;
    }
    try {
      const found = evaluate(parsed.data);
      const metrics = found instanceof Promise ? await found : found;
      const at = (index - from) * METRICS.length;
      for (let column = 0; column < METRICS.length; column += 1) table[at + column] = metrics[METRICS[column]!];
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      failed += 1;
      failure ??= error.message;
    }
  }
  return { table, skipped, failed, failure };
}

/** The evaluator answers synchronously when its table is cached, so that a sweep does not wait between combinations. */
function evaluator({
  strategy,
  market,
}: SweepChunk): (parameters: Parameters) => TotalsMetrics | Promise<TotalsMetrics> {
  const tables = new RecentTables();
  const run = strategy === movingAverageCrossover ? crossoverRunner() : allocationRunner(strategy);
  return (parameters) => {
    const { use_real_data: isReal, seed, fill } = parameters;
    const key = JSON.stringify([isReal || seed, strategy.universe(parameters), extrasOf(strategy, parameters)]);
    const evaluate: Runner = fill === "next_open" ? (given, table) => plainMetrics(strategy, given, table) : run;
    const table = tables.get(key);
    if (table !== undefined) return evaluate(parameters, table);
    return loadTable(strategy, parameters, market).then((loaded) => evaluate(parameters, tables.add(key, loaded)));
  };
}

type Runner = (parameters: Parameters, table: PriceTable) => TotalsMetrics;

/** Cached for the lifetime of the tables, which threads keep from chunk to chunk. */
const prepared = new WeakMap<PriceTable, CrossoverPrices>();

/** Runs the crossover through its kernel, or through the plain backtest where the kernel gives up. */
function crossoverRunner(): Runner {
  const totals = emptyTotals();
  const periodIn = periodFinder();
  return (parameters, table) => {
    const prices = prepared.get(table) ?? crossoverPrices(table.closes[0]!);
    prepared.set(table, prices);
    const { first, last } = periodIn(table, parameters);
    const { initial_capital: capital, cost_bps: costBps, fill } = parameters;
    const account = { first, last, capital, cost: costBps / 10_000, delay: fill === "next_close" ? 1 : 0 } as const;
    const [short, long] = [parameters["short_window"] as number, parameters["long_window"] as number];
    const metrics = runCrossover(prices, account, short, long, totals)
      ? metricsOfTotals(totals, {
          capital,
          days: last - first + 1,
          calendarDays: table.days[last]! - table.days[first]!,
        })
      : null;
    return metrics ?? plainMetrics(movingAverageCrossover as Strategy, parameters, table);
  };
}

/** Like `periodOf`, but caches the last answer: most combinations of a sweep have the same dates. */
function periodFinder(): typeof periodOf {
  let known: { table: PriceTable; start: string | undefined; end: string | undefined; period: Period } | null = null;
  return (table, parameters) => {
    const { start_date: start, end_date: end } = parameters;
    if (known?.table !== table || known.start !== start || known.end !== end) {
      known = { table, start, end, period: periodOf(table, parameters) };
    }
    return known.period;
  };
}

/** Runs any strategy: decisions as in an execution, the account in one pass. */
function allocationRunner(strategy: Strategy): Runner {
  const totals = emptyTotals();
  return (parameters, table) => {
    const { first, last, planned } = plan(strategy, parameters, table);
    const { initial_capital: capital, cost_bps: costBps } = parameters;
    const trades = planned.filter(({ isHold }) => !isHold);
    const metrics = runAllocation(table, trades, { first, last, capital, costBps }, totals)
      ? metricsOfTotals(totals, {
          capital,
          days: last - first + 1,
          calendarDays: table.days[last]! - table.days[first]!,
        })
      : null;
    return metrics ?? plainMetrics(strategy, parameters, table);
  };
}

/** Computes the metrics of a combination with the plain backtest, as an execution does. */
function plainMetrics(strategy: Strategy, parameters: Parameters, table: PriceTable): TotalsMetrics {
  const { first, last, account } = backtest(strategy, parameters, table);
  const { equity } = account;
  const final = equity.at(-1)!;
  const daily = returnsOf(equity);
  const growth = cagr(parameters.initial_capital, final, table.days[last]! - table.days[first]!) ?? Number.NaN;
  const drawdown = maxDrawdown(equity) ?? Number.NaN;
  return {
    return: final / parameters.initial_capital - 1,
    cagr: growth,
    volatility: volatility(daily, 252) ?? Number.NaN,
    sharpe: sharpe(daily, 252) ?? Number.NaN,
    max_drawdown: drawdown,
    calmar: calmar(growth, drawdown) ?? Number.NaN,
    trades: account.positionsOpened,
    exposure: account.exposure,
    final_value: final,
  };
}
