import { z } from "zod";
import type { Market } from "../market.ts";
import type { Result, Series } from "../result.ts";
import { runStrategy } from "../run-strategy.ts";
import { type Strategy, StrategyError } from "../strategy.ts";
import { windowsOf } from "./chunk.ts";
import { evaluateChunk } from "./evaluate-chunk.ts";
import type { Gathered } from "./gather.ts";
import { openGrid } from "./grid.ts";
import { METRICS, metricsAt, Objective } from "./metrics-table.ts";
import type { SweepSpec } from "./sweep-spec.ts";

const Value = z.union([z.number(), z.string(), z.boolean()]);
const Combination = z.record(z.string(), Value).meta({ description: "The parameters that vary, and their values." });
const Metrics = z
  .object(
    Object.fromEntries(METRICS.map((metric) => [metric, z.number().nullable()])) as Record<
      (typeof METRICS)[number],
      z.ZodNullable<z.ZodNumber>
    >,
  )
  .meta({
    id: "SweepMetrics",
    description: "As in a result; `calmar` is cagr / -max_drawdown. Null where there is none.",
  });
const count = (description: string) => z.int().nonnegative().meta({ description });
const Window = z
  .object({ start_date: z.iso.date(), end_date: z.iso.date() })
  .meta({ description: "Both days included." });

/** What a sweep found. */
export const SweepReport = z
  .object({
    objective: Objective.meta({ description: "What the best are best by." }),
    combinations: count("Combinations of the grid, or of the sample."),
    evaluated: count("Those that have a result."),
    invalid: count("Those that the strategy's parameters do not allow; they are skipped."),
    failed: count("Those that the strategy failed on, as for want of history."),
    failure: z.string().nullable().meta({ description: "Why the first of these failed." }),
    best: z
      .array(z.object({ parameters: Combination, metrics: Metrics }))
      .meta({ description: "The best combinations over the whole period, best first." }),
    heat_map: z
      .object({
        x: z.string().meta({ description: "The parameter across." }),
        y: z.string().meta({ description: "The parameter down." }),
        x_values: z.array(Value).meta({ description: "At most 50; on longer axes the first of several neighbours." }),
        y_values: z.array(Value).meta({ description: "The same of the other axis." }),
        values: z.array(z.array(z.number().nullable())).meta({
          description: "For each of `y_values` one for each of `x_values`: the best objective there, null for none.",
        }),
      })
      .nullable()
      .meta({ description: "The objective over two parameters; null when fewer than two vary." }),
    walk_forward: z
      .object({
        windows: z.array(
          z.object({
            train: Window,
            test: Window,
            parameters: Combination.nullable().meta({
              description: "What was best in training; null when nothing was.",
            }),
            train_metrics: Metrics.nullable(),
            test_metrics: Metrics.nullable().meta({ description: "The same combination in the days after." }),
          }),
        ),
        return: z.number().nullable().meta({
          description: "Of all tests one after the other; null when tests overlap or one has no result.",
        }),
      })
      .nullable()
      .meta({ description: "Chosen on one window, reported on the next; null without a walk-forward." }),
  })
  .meta({ id: "SweepReport", description: "What a sweep found." });
export type SweepReport = z.output<typeof SweepReport>;

export type Counts = Pick<SweepReport, "combinations" | "evaluated" | "invalid" | "failed" | "failure">;

/**
 * The result of a sweep: that of the best combination, run as any other execution is, with what the sweep found. Throws a
 * StrategyError when there is no best one.
 */
export async function reportSweep(
  strategy: Strategy,
  spec: SweepSpec,
  { best, winners, heatMap }: Gathered,
  counts: Counts,
  market: Market,
): Promise<{ readonly result: Result & { readonly sweep: SweepReport }; readonly series: Series }> {
  const { parameters, grid, objective } = spec;
  const { combinationAt } = openGrid(grid);
  const [first] = best;
  if (first === undefined) throw new StrategyError(whyNothing(counts, objective));
  const { result, series } = await runStrategy(strategy, { ...parameters, ...combinationAt(first.index) }, market);
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
  winners: Gathered["winners"],
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
