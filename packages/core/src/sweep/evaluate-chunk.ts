import { backtest, plan, type SharedParts, sharedParts } from "../backtest/backtest.ts";
import { type Period, periodOf } from "../backtest/period.ts";
import { runAllocation } from "../backtest/kernels/allocation.ts";
import { type CrossoverPrices, crossoverPrices, runCrossover } from "../backtest/kernels/crossover.ts";
import { emptyTotals, metricsOfTotals, type TotalsMetrics } from "../backtest/kernels/account-totals.ts";
import type { Market, PriceTable } from "../market/price-table.ts";
import { cagr, calmar, maxDrawdown, returnsOf, sharpe, volatility } from "../backtest/performance.ts";
import { checkParameters, commonParameters, type Parameters } from "../strategy/parameters.ts";
import { loadTable } from "../backtest/run-strategy.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { type Strategy, StrategyError } from "../strategy/strategy.ts";
import { type Grid, openGrid } from "./grid.ts";
import { METRICS } from "./metrics-table.ts";
import type { Window } from "./walk-forward.ts";

/** A part of a sweep: the combinations `from`, `from + 1`, ... `to - 1`. */
export interface SweepChunk {
  readonly strategy: Strategy;
  /** What all combinations share, as a client gives it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly grid: Grid;
  readonly from: number;
  readonly to: number;
  readonly market: Market;
  /** Takes the place of `start_date` and `end_date`. */
  readonly window?: Window | undefined;
}

export interface EvaluatedChunk {
  /** One row of `METRICS` for each combination, row-major; NaN throughout where there is no result. */
  readonly table: Float64Array<ArrayBuffer>;
  /** Combinations that the strategy's parameters do not allow. */
  readonly skipped: number;
  /** Combinations that failed, as for want of history, and why the first of them did. */
  readonly failed: number;
  readonly failure: string | null;
}

/**
 * Evaluates a part of a sweep. The table does not depend on how the sweep was cut, and agrees with the results of executions
 * to nine digits. What combinations have in common is computed once: the prices of a universe, what the crossover looks up in
 * them, and the decisions of combinations that differ only in the common parameters (costs, fill, dates, capital).
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

/** Tables and decisions kept for later combinations. Neighbours in a grid need the same ones. */
const mostKept = 16;

/** Answers at once when all it needs is there, so that a sweep does not wait between its combinations. */
function evaluator({
  strategy,
  market,
}: SweepChunk): (parameters: Parameters) => TotalsMetrics | Promise<TotalsMetrics> {
  const tables = new Kept<PriceTable>();
  const run = strategy === movingAverageCrossover ? crossoverRunner() : allocationRunner(strategy);
  return (parameters) => {
    const key = JSON.stringify([parameters.use_real_data, parameters.seed, strategy.universe(parameters)]);
    const table = tables.get(key);
    if (table !== undefined) return run(parameters, table);
    return loadTable(strategy, parameters, market).then((loaded) => run(parameters, tables.keep(key, loaded)));
  };
}

type Runner = (parameters: Parameters, table: PriceTable) => TotalsMetrics;

/** As long as their tables, which threads keep from one part of a sweep to the next. */
const prepared = new WeakMap<PriceTable, CrossoverPrices>();

/** The crossover through its kernel. What the kernel leaves undecided is run plainly. */
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

/** Like `periodOf`, remembering the last answer: most combinations of a sweep have the same dates. */
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

/** Any strategy: decisions as in an execution, the account in one pass. */
function allocationRunner(strategy: Strategy): Runner {
  const shared = new WeakMap<PriceTable, Kept<SharedParts>>();
  const totals = emptyTotals();
  return (parameters, table) => {
    const parts = shared.get(table) ?? new Kept<SharedParts>();
    shared.set(table, parts);
    const key = ownPart(parameters);
    const part = parts.get(key) ?? parts.keep(key, sharedParts(table));
    const { first, last, planned } = plan(strategy, parameters, table, part);
    const { initial_capital: capital, cost_bps: costBps } = parameters;
    const metrics = runAllocation(table, planned, { first, last, capital, costBps }, totals)
      ? metricsOfTotals(totals, {
          capital,
          days: last - first + 1,
          calendarDays: table.days[last]! - table.days[first]!,
        })
      : null;
    return metrics ?? plainMetrics(strategy, parameters, table);
  };
}

const commonNames = new Set(Object.keys(commonParameters("same_close")));

/** The parameters that decisions depend on: all but the common ones. */
function ownPart(parameters: Parameters): string {
  return JSON.stringify(parameters, (name, value: unknown) => (commonNames.has(name) ? undefined : value));
}

/** The metrics of a combination as an execution computes them. */
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

/** Values by key, the ones kept first forgotten first. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  keep(key: string, value: Value): Value {
    this.#values.set(key, value);
    if (this.#values.size > mostKept) this.#values.delete(this.#values.keys().next().value!);
    return value;
  }
}
