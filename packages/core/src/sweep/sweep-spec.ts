import { z } from "zod";
import { Grid } from "./grid.ts";
import { Objective } from "./metrics-table.ts";

const length = (description: string) => z.int().positive().max(100_000).meta({ description });

export const WalkForwardLengths = z
  .strictObject({
    train: length("Trading days on which the combination is chosen."),
    test: length("Trading days after the training, on which the chosen combination is evaluated."),
    step: length(
      "Trading days from one window to the next; `test` when absent, so that the test windows touch.",
    ).optional(),
  })
  .meta({ id: "WalkForward", examples: [{ train: 1260, test: 252 }] });

/** Specification of a sweep as stored: the request without its client and callback. */
export const SweepSpec = z.object({
  /** The parameters that all combinations share, as the client gave them. */
  parameters: z.record(z.string(), z.unknown()),
  grid: Grid,
  objective: Objective,
  /** Number of best combinations to report. */
  best: z.int().min(1).max(100),
  walk_forward: WalkForwardLengths.optional(),
  /** The two parameters of the heat map; absent when fewer than two vary. */
  heat_map: z.tuple([z.string(), z.string()]).optional(),
});
export type SweepSpec = z.output<typeof SweepSpec>;
