import { runStrategy } from "../backtest/run-strategy.ts";
import type { Market } from "../market/price-table.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { evaluateChunk } from "../sweep/evaluate-chunk.ts";
import { type Grid, openGrid } from "../sweep/grid.ts";
import { METRICS, metricsAt } from "../sweep/metrics-table.ts";

/** The differences, beyond nine digits, between the metrics of combinations and those of their executions. */
export async function sweepDifferences(
  strategy: Strategy,
  fixed: object,
  grid: Grid,
  market: Market,
): Promise<string[]> {
  const { count, combinationAt } = openGrid(grid);
  const parameters = fixed as Record<string, unknown>;
  const { table } = await evaluateChunk({ strategy, parameters, grid, from: 0, to: count, market });
  const wrong: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const expected = await plainMetrics(strategy, { ...fixed, ...combinationAt(index) }, market);
    const found = metricsAt(table, index);
    for (const [column, metric] of METRICS.entries()) {
      const [a, b] = [found[metric], expected?.[column] ?? null];
      if (a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))) continue;
      wrong.push(`${JSON.stringify(combinationAt(index))} ${metric}: ${a} instead of ${b}`);
    }
  }
  return wrong;
}

async function plainMetrics(strategy: Strategy, parameters: object, market: Market): Promise<(number | null)[] | null> {
  try {
    const { result } = await runStrategy(strategy, parameters, market);
    const { cagr, volatility, sharpe, max_drawdown: drawdown, trades, exposure } = result.metrics;
    const calmar = cagr === null || drawdown === null || drawdown > -1e-14 ? null : cagr / -drawdown;
    const finite = calmar !== null && Number.isFinite(calmar) ? calmar : null;
    return [result.return, cagr, volatility, sharpe, drawdown, finite, trades, exposure, result.final_value];
  } catch {
    return null;
  }
}
