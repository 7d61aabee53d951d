import { z } from "zod";
import type { Weights } from "../strategy/allocation.ts";
import type { Schedule } from "../strategy/schedule.ts";
import { defineStrategy, type Run, type Strategy } from "../strategy/strategy.ts";
import type { View } from "../strategy/view.ts";

/** Makes a strategy from a function of a test. Its result holds the whole run. */
export function strategyOf(
  tickers: readonly string[],
  weightsOf: (view: View) => Weights,
  options: { schedule?: Schedule; months?: number; days?: number } = {},
): Strategy {
  const { schedule = "daily", months, days = 1 } = options;
  return defineStrategy({
    name: "Test",
    version: "1.0.0",
    description: "Decides what a test wants.",
    source: "A test",
    parameters: z.object({}),
    schedule,
    defaultFill: "same_close",
    universe: () => tickers,
    history: () => (months === undefined ? { days } : { months }),
    decide: (view) => ({ weights: weightsOf(view), because: `on ${view.day}` }),
    report: (run: Run) => ({ run }),
  });
}
