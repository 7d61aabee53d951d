import { z } from "zod";
import { METRICS, Objective } from "./metrics-table.ts";

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

/** The report of a sweep. */
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
