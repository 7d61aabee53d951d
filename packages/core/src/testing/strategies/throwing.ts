import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

/** Throws the kind of value that the parameter names; some kinds are not errors. */
export const throwing = defineStrategy({
  name: "Throwing",
  version: "1.0.0",
  description: "Throws.",
  source: "a test",
  parameters: z.object({
    what: z.enum(["text", "halves", "nothing", "symbol", "unspeakable", "error", "exit", "later"]),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide(_view, { what }) {
    if (what === "exit") process.exit(3);
    if (what === "error") throw new RangeError("too far");
    if (what === "later") {
      void Promise.reject(new Error("too late"));
      return { weights: { SPY: 1 }, because: "nobody waits" };
    }
    if (what === "symbol") throw Symbol("a sign");
    if (what === "unspeakable") throw Object.create(null);
    if (what === "halves") throw "half \ud800 a\0 character";
    throw what === "text" ? "a text" : undefined;
  },
});
