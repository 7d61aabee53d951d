import type { Market } from "../market.ts";
import { parseParameters } from "../parameters.ts";
import { runStrategy } from "../run-strategy.ts";
import { type Strategy, StrategyError } from "../strategy.ts";
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

/** Evaluates a part of a sweep. The table does not depend on how the sweep was cut. */
export async function evaluateChunk(chunk: SweepChunk): Promise<EvaluatedChunk> {
  const { strategy, parameters, from, to, market, window } = chunk;
  const grid = openGrid(chunk.grid);
  const table = new Float64Array((to - from) * METRICS.length).fill(Number.NaN);
  let [skipped, failed, failure] = [0, 0, null as string | null];
  for (let index = from; index < to; index += 1) {
    const given = { ...parameters, ...grid.combinationAt(index), ...window };
    if (!parseParameters(strategy, given).ok) {
      skipped += 1;
      continue;
    }
    try {
      const { result } = await runStrategy(strategy, given, market);
      const { cagr, volatility, sharpe, max_drawdown: drawdown, trades, exposure } = result.metrics;
      const calmar = cagr === null || !(drawdown! < 0) ? null : cagr / -drawdown!;
      const row = [result.return, cagr, volatility, sharpe, drawdown, calmar, trades, exposure, result.final_value];
      table.set(
        row.map((value) => value ?? Number.NaN),
        (index - from) * METRICS.length,
      );
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      failed += 1;
      failure ??= error.message;
    }
  }
  return { table, skipped, failed, failure };
}
