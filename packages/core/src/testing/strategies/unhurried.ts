import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** A slow strategy: sleeps 20 ms per decision. */
export const unhurried = defineStrategy({
  name: "Unhurried",
  version: "1.0.0",
  description: "Takes 20 ms for each decision.",
  source: "a test",
  parameters: z.object({}),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    return { weights: { SPY: 1 }, because: "always" };
  },
});
