import { defineStrategy } from "@strategy-executor/core";
import { z } from "zod";

const kept: unknown[] = [];

/** Allocates without end and never frees anything. */
export const hungry = defineStrategy({
  name: "Hungry",
  version: "1.0.0",
  description: "Takes all the memory there is.",
  source: "a test",
  parameters: z.object({ what: z.enum(["objects", "array", "map", "typed", "shared"]) }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => ["SPY"],
  history: () => ({ months: 0 }),
  decide(_view, { what }) {
    const array: number[] = [];
    const map = new Map<number, object>();
    for (let count = 0; ; count += 1) {
      if (what === "objects") kept.push({ count });
      if (what === "array") array.push(count + 0.5);
      if (what === "map") map.set(count, { count });
      if (what === "typed") kept.push(new Float64Array(100_000).fill(1));
      if (what === "shared") kept.push(new Float64Array(new SharedArrayBuffer(800_000)).fill(1));
    }
  },
});
