import { periodOf } from "../backtest/period.ts";
import type { Market } from "../market/price-table.ts";
import { parseParameters } from "../strategy/parameters.ts";
import { loadTable } from "../backtest/run-strategy.ts";
import { type Strategy, StrategyError } from "../strategy/strategy.ts";
import { type Grid, openGrid } from "./grid.ts";

/**
 * The trading days of a sweep's period as day numbers, for `walkForward`. They are those of its first valid combination. Throws
 * a StrategyError when no combination is valid or has prices.
 */
export async function tradingDays(
  strategy: Strategy,
  parameters: Readonly<Record<string, unknown>>,
  grid: Grid,
  market: Market,
): Promise<Int32Array> {
  const { count, combinationAt } = openGrid(grid);
  for (let index = 0; index < count; index += 1) {
    const parsed = parseParameters(strategy, { ...parameters, ...combinationAt(index) });
    if (!parsed.ok) continue;
    const table = await loadTable(strategy, parsed.parameters, market);
    const { first, last } = periodOf(table, parsed.parameters);
    return table.days.subarray(first, last + 1);
  }
  throw new StrategyError(`No combination of the grid is valid: ${firstProblem(strategy, parameters, grid)}`);
}

function firstProblem(strategy: Strategy, parameters: Readonly<Record<string, unknown>>, grid: Grid): string {
  const parsed = parseParameters(strategy, { ...parameters, ...openGrid(grid).combinationAt(0) });
  return parsed.ok ? "" : parsed.message;
}
