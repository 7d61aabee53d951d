import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** Costs next to nothing, so that what is measured is the service: holds one ticker and reports the number it was given. */
export const fixed = defineStrategy({
  name: "Fixed",
  version: "1.0.0",
  description: "Holds SPY.",
  source: "the bench",
  parameters: z.object({ number: z.int().default(1) }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide: () => ({ weights: { SPY: 1 }, because: "always" }),
  report: (_run, { number }) => ({ number }),
});
