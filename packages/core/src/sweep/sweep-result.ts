import type { Market } from "../market/price-table.ts";
import type { Result } from "../backtest/result.ts";
import { runToColumns } from "../backtest/run-strategy.ts";
import type { SeriesColumns } from "../backtest/series/series-columns.ts";
import { type Strategy, StrategyError } from "../strategy/strategy.ts";
import { windowsOf } from "./chunk.ts";
import { evaluateChunk } from "./evaluate-chunk.ts";
import type { MergedChunks } from "./merge-chunks.ts";
import { openGrid } from "./grid.ts";
import { metricsAt, type Objective } from "./metrics-table.ts";
import type { Counts, SweepReport } from "./sweep-report.ts";
import type { SweepSpec } from "./sweep-spec.ts";

/**
 * Builds the result of a sweep: the result of its best combination, run like any execution, with the report of the sweep. Throws a
 * StrategyError when no combination has the objective.
 */
export async function sweepResult(
  strategy: Strategy,
  spec: SweepSpec,
  { best, winners, heatMap }: MergedChunks,
  counts: Counts,
  market: Market,
): Promise<{ readonly result: Result & { readonly sweep: SweepReport }; readonly series: SeriesColumns }> {
  const { parameters, grid, objective } = spec;
  const { combinationAt } = openGrid(grid);
  const [first] = best;
  if (first === undefined) throw new StrategyError(whyNothing(counts, objective));
  const { result, series } = await runToColumns(strategy, { ...parameters, ...combinationAt(first.index) }, market);
  const sweep: SweepReport = {
    objective,
    ...counts,
    best: best.map(({ index, metrics }) => ({ parameters: combinationAt(index), metrics })),
    heat_map: heatMap as SweepReport["heat_map"],
    walk_forward: spec.walk_forward === undefined ? null : await reportWindows(strategy, spec, winners, market),
  };
  return { result: { ...result, sweep }, series };
}

async function reportWindows(
  strategy: Strategy,
  spec: SweepSpec,
  winners: MergedChunks["winners"],
  market: Market,
): Promise<SweepReport["walk_forward"]> {
  const { parameters, grid } = spec;
  const { combinationAt } = openGrid(grid);
  const windows: NonNullable<SweepReport["walk_forward"]>["windows"] = [];
  for (const [position, { train, test }] of (await windowsOf(strategy, spec, market)).entries()) {
    const winner = winners[position] ?? null;
    if (winner === null) {
      windows.push({ train, test, parameters: null, train_metrics: null, test_metrics: null });
      continue;
    }
    const { index, metrics } = winner;
    const { table } = await evaluateChunk({
      strategy,
      parameters,
      grid,
      from: index,
      to: index + 1,
      market,
      window: test,
    });
    const tested = metricsAt(table, 0);
    windows.push({
      train,
      test,
      parameters: combinationAt(index),
      train_metrics: metrics,
      test_metrics: tested.return === null ? null : tested,
    });
  }
  return { windows, return: compounded(windows) };
}

function compounded(windows: NonNullable<SweepReport["walk_forward"]>["windows"]): number | null {
  let [value, until] = [1, ""];
  for (const { test, test_metrics: metrics } of windows) {
    if (metrics === null || metrics.return === null || test.start_date <= until) return null;
    value *= 1 + metrics.return;
    until = test.end_date;
  }
  return windows.length === 0 ? null : value - 1;
}

function whyNothing({ combinations, evaluated, invalid, failure }: Counts, objective: Objective): string {
  if (evaluated > 0) return `None of the ${evaluated} combinations evaluated has a ${objective}`;
  if (invalid === combinations) return `None of the ${combinations} combinations is valid`;
  return `None of the ${combinations} combinations has a result: ${failure}`;
}
