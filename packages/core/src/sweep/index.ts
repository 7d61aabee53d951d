/**
 * Sweeps: one strategy over a grid of parameters. Pure, so all of it runs in a worker thread.
 *
 * ```ts
 * const grid = Grid.parse({ axes: { short_window: { from: 5, to: 100 }, long_window: { from: 10, to: 300 } } });
 * const problems = checkSweep(strategy, parameters, grid); // FieldError[], to refuse a request with
 * const { count, combinationAt } = openGrid(grid); // combinations are computed on demand
 *
 * // In a worker thread, for each chunk of the sweep:
 * const { table, skipped, failed, failure } = await evaluateChunk({ strategy, parameters, grid, from, to, market });
 * const best = bestOf(table, "sharpe", 10, from); // and mergeBest([...ofAllChunks], "sharpe", 10) at the end
 * combinationAt(best[0].index);
 * ```
 *
 * `table` holds plain numbers in a fixed layout (`METRICS`), which can be transferred to another thread and stored as bytes.
 * It depends only on the grid and the prices, not on the division into chunks.
 *
 * Walk-forward: `walkForward(await tradingDays(strategy, parameters, grid, market), { train: 1260, test: 252 })` gives the
 * windows. Evaluate the whole grid with `window: train`, then the best combination (`from: index, to: index + 1`) with
 * `window: test`. Prices before a window serve as its history, so windows need no warm-up.
 */
export { type ChunkNumbers, readChunk, computeChunk } from "./chunk.ts";
export { type MergedChunks, mergeChunks } from "./merge-chunks.ts";
export { sweepResult } from "./sweep-result.ts";
export { type Counts, SweepReport } from "./sweep-report.ts";
export { SweepSpec, WalkForwardLengths } from "./sweep-spec.ts";
export { checkSweep } from "./check-sweep.ts";
export { type EvaluatedChunk, evaluateChunk, type SweepChunk } from "./evaluate-chunk.ts";
export { type AxisValue, type Combination, Grid, maxCombinations, type OpenGrid, openGrid } from "./grid.ts";
export {
  bestOf,
  mergeBest,
  type Metric,
  METRICS,
  metricsAt,
  Objective,
  type RankedCombination,
} from "./metrics-table.ts";
export { tradingDays } from "./trading-days.ts";
export { type WalkForward, walkForward, type WalkForwardWindow, type Window } from "./walk-forward.ts";
