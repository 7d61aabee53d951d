import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** Blocks its thread for the given time. */
export const slow = defineStrategy({
  name: "Slow",
  version: "1.0.0",
  description: "Takes its time.",
  source: "a test",
  parameters: z.object({ milliseconds: z.int().positive() }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide({ day }, { milliseconds }) {
    if (day === "2004-01-30") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    return { weights: { SPY: 1 }, because: "always" };
  },
});
