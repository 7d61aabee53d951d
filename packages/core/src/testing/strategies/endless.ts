import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** Never decides, so only the time limit ends it. */
export const endless = defineStrategy({
  name: "Endless",
  version: "1.0.0",
  description: "Never ends.",
  source: "a test",
  parameters: z.object({}),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide() {
    for (;;);
  },
});
