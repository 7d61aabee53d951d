import { z } from "zod";
import { type Metric, METRICS, Objective } from "./metrics-table.ts";

const Value = z.union([z.number(), z.string(), z.boolean()]);
const Combination = z.record(z.string(), Value).meta({ description: "The parameters that vary, and their values." });
/** What each metric is, as in a result. */
const meanings: Readonly<Record<Metric, string>> = {
  return: "Return over the whole period.",
  cagr: "Growth per year.",
  volatility: "Standard deviation of daily returns, of a year.",
  sharpe: "Mean / standard deviation of daily returns, of a year.",
  max_drawdown: "Deepest fall from a peak of daily equity: 0 or negative.",
  calmar: "cagr / -max_drawdown.",
  trades: "Positions opened.",
  exposure: "Mean share of equity held in assets.",
  final_value: "Value of the account after the last day.",
};
const Metrics = z
  .object(
    Object.fromEntries(
      METRICS.map((metric) => [metric, z.number().nullable().meta({ description: meanings[metric] })]),
    ) as Record<(typeof METRICS)[number], z.ZodNullable<z.ZodNumber>>,
  )
  .meta({
    id: "SweepMetrics",
    description: "As in a result; `calmar` is cagr / -max_drawdown. Null where a figure is undefined.",
  });
const count = (description: string) => z.int().nonnegative().meta({ description });
const Window = z
  .object({
    start_date: z.iso.date().meta({ description: "First day." }),
    end_date: z.iso.date().meta({ description: "Last day." }),
  })
  .meta({ description: "Both days included." });

/** The report of a sweep. */
export const SweepReport = z
  .object({
    objective: Objective.meta({ description: "The metric that ranks combinations." }),
    combinations: count("Combinations of the grid, or of the sample."),
    evaluated: count("Combinations with a result."),
    invalid: count("Combinations that the strategy's parameters do not allow; they are skipped."),
    failed: count("Combinations on which the strategy failed, for example because there is too little history."),
    failure: z.string().nullable().meta({ description: "Why the first failed combination failed." }),
    best: z
      .array(z.object({ parameters: Combination, metrics: Metrics }))
      .meta({ description: "The best combinations over the whole period, best first." }),
    heat_map: z
      .object({
        x: z.string().meta({ description: "The parameter on the horizontal axis." }),
        y: z.string().meta({ description: "The parameter on the vertical axis." }),
        x_values: z.array(Value).meta({
          description:
            "Values of the horizontal axis, at most 50. On a longer axis each value stands for several neighbouring values and is the first of them.",
        }),
        y_values: z.array(Value).meta({ description: "The values of the vertical axis, likewise." }),
        values: z.array(z.array(z.number().nullable())).meta({
          description:
            "A row for each of `y_values` with the best objective for each of `x_values`; null where there is no combination.",
        }),
      })
      .nullable()
      .meta({ description: "The objective over two parameters; null when fewer than two vary." }),
    walk_forward: z
      .object({
        windows: z
          .array(
            z.object({
              train: Window,
              test: Window,
              parameters: Combination.nullable().meta({
                description: "The best combination in training; null when none has a result.",
              }),
              train_metrics: Metrics.nullable(),
              test_metrics: Metrics.nullable().meta({ description: "The same combination on the test days." }),
            }),
          )
          .meta({ description: "The windows, oldest first." }),
        return: z.number().nullable().meta({
          description: "Return of all tests in sequence; null when tests overlap or one has no result.",
        }),
      })
      .nullable()
      .meta({ description: "Chosen on one window, reported on the next; null without a walk-forward." }),
  })
  .meta({ id: "SweepReport", description: "The results of a sweep." });
export type SweepReport = z.output<typeof SweepReport>;

export type Counts = Pick<SweepReport, "combinations" | "evaluated" | "invalid" | "failed" | "failure">;
