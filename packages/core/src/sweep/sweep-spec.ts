import { z } from "zod";
import { Grid } from "./grid.ts";
import { Objective } from "./metrics-table.ts";

const length = (description: string) => z.int().positive().max(100_000).meta({ description });

export const WalkForwardLengths = z
  .strictObject({
    train: length("Trading days on which the combination is chosen."),
    test: length("Trading days after them, on which the chosen one is reported."),
    step: length(
      "Trading days from one window to the next; `test` when absent, so that the test windows touch.",
    ).optional(),
  })
  .meta({ id: "WalkForward", examples: [{ train: 1260, test: 252 }] });

/** What a sweep is to do, as it is kept: everything but who wants it and where the outcome goes. */
export const SweepSpec = z.object({
  /** What all combinations share, as the client gave it. */
  parameters: z.record(z.string(), z.unknown()),
  grid: Grid,
  objective: Objective,
  /** How many of the best are reported. */
  best: z.int().min(1).max(100),
  walk_forward: WalkForwardLengths.optional(),
  /** The two parameters that the heat map is over; none when fewer than two vary. */
  heat_map: z.tuple([z.string(), z.string()]).optional(),
});
export type SweepSpec = z.output<typeof SweepSpec>;
