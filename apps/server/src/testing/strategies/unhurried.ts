import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** A slow strategy: sleeps 100 ms per decision, so that its progress can be watched. */
export const unhurried = defineStrategy({
  name: "Unhurried",
  version: "1.0.0",
  description: "Takes 100 ms for each decision.",
  source: "a test",
  parameters: z.object({}),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    return { weights: { SPY: 1 }, because: "always" };
  },
});
