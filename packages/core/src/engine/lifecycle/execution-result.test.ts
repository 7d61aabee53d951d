import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runStrategy } from "../../backtest/run-strategy.ts";
import { builtInStrategies } from "../../strategies/index.ts";
import { defineStrategy } from "../../strategy/strategy.ts";
import { noMarket } from "../../testing/prices.ts";
import { ExecutionResult } from "./execution-result.ts";

describe("ExecutionResult", () => {
  it.each(builtInStrategies)("is what $name produces", async (strategy) => {
    const { result } = await runStrategy(strategy, {}, noMarket);
    expect(ExecutionResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it.each([
    [
      "what the built-in ones report, in another shape",
      { portfolio: "all of it", position: 7, trades: null, variant: [1] },
    ],
    ["what the service says itself", { strategy: { name: "Mine" }, final_value: "much", return: null, metrics: 1 }],
    ["anything else", { curve: [1, 2, 3], nested: { deep: true } }],
    ["nothing", {}],
  ])("is what a user's strategy produces that reports %s", async (_case, reported) => {
    const { result } = await runStrategy(reporting(reported), {}, noMarket);
    expect(result).toMatchObject({ strategy: "Mine", final_value: expect.any(Number), return: expect.any(Number) });
    expect(Object.keys(result)[0]).toBe("strategy");
    expect(ExecutionResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it.each([
    ["no name", { final_value: 1, return: 0 }],
    ["no final value", { strategy: "Mine", return: 0 }],
    ["a return that is no number", { strategy: "Mine", final_value: 1, return: null }],
  ])("is nothing with %s", (_case, result) => {
    expect(ExecutionResult.safeParse(result).success).toBe(false);
  });
});

function reporting(reported: Record<string, unknown>) {
  return defineStrategy({
    name: "Mine",
    version: "1.0.0",
    description: "Holds one fund and reports what a test wants.",
    source: "a test",
    parameters: z.object({}),
    schedule: "month-end",
    defaultFill: "same_close",
    universe: () => ["SPY"],
    history: () => ({ months: 0 }),
    decide: () => ({ weights: { SPY: 1 }, because: "always" }),
    report: () => reported,
  });
}
