import { expect, it } from "vitest";
import { z } from "zod";
import { parseParameters } from "./parameters.ts";
import { runStrategy } from "../backtest/run-strategy.ts";
import { defineStrategy, isStrategy, type StrategyDefinition } from "./strategy.ts";
import { noMarket } from "../testing/prices.ts";

const definition: StrategyDefinition<z.ZodObject> = {
  name: "Hold",
  version: "1.0.0",
  description: "Holds a ticker.",
  source: "Nobody's",
  parameters: z.object({ symbol: z.string().default("SPY") }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ symbol }) => [symbol as string],
  history: () => ({ months: 0 }),
  decide: (_view, { symbol }) => ({ weights: { [symbol as string]: 1 }, because: "always" }),
};

it("declares a strategy with the common parameters after its own", () => {
  const hold = defineStrategy(definition);
  expect(isStrategy(hold)).toBe(true);
  expect(isStrategy(definition)).toBe(false);
  expect(hold).toMatchObject({
    name: "Hold",
    version: "1.0.0",
    variants: [],
    family: "own",
    link: null,
    published: [],
  });
  expect(hold.schedule({} as never)).toBe("month-end");
  const parsed = parseParameters(hold, { cost_bps: 10 });
  expect(parsed).toMatchObject({ ok: true, parameters: { symbol: "SPY", fill: "same_close", cost_bps: 10 } });
});

it("reports the last decision as a portfolio by default", async () => {
  const { result } = await runStrategy(defineStrategy(definition), { end_date: "2020-05-15" }, noMarket);
  expect(result.portfolio).toEqual({
    weights: { SPY: 1 },
    hold: false,
    mode: null,
    canary: null,
    scores: null,
    because: "always",
    decided_on: "2020-04-30",
    filled_on: "2020-04-30",
    orders: [],
    drifted_weights: { SPY: 1 },
  });
});

it("keeps a strategy's own fields of the result from replacing the common ones", async () => {
  const boasting = defineStrategy({ ...definition, report: () => ({ final_value: 1e9, mood: "good" }) });
  const { result } = await runStrategy(boasting, {}, noMarket);
  const { result: honest } = await runStrategy(defineStrategy(definition), {}, noMarket);
  expect(result).toMatchObject({ mood: "good", final_value: honest.final_value });
});

it.each([
  ["name must start with a letter", { name: "my strategy" }],
  ["version must be a text", { version: "" }],
  ["decide must be a function", { decide: undefined }],
  ["report must be a function", { report: "x" }],
  ["parameters must be a z.object", { parameters: { symbol: z.string() } }],
  ["parameter shortWindow is not snake_case", { parameters: z.object({ shortWindow: z.int() }) }],
  ["parameter fill is common to all strategies", { parameters: z.object({ fill: z.string() }) }],
  ["schedule must be one of daily, week-end, month-end, quarter-end, year-end, once, or a f", { schedule: "weekly" }],
  ["defaultFill must be one of same_close, next_close, next_open", { defaultFill: "open" }],
  ["initial must be a function", { initial: 0 }],
  ["family must be one of tactical, static, risk, technical, own", { family: "magic" }],
  ["link must be an http address", { link: "ftp://x" }],
  ["variants must be a list of names", { variants: "A" }],
])("refuses a definition: %s", (message, change) => {
  expect(() => defineStrategy({ ...definition, ...change } as typeof definition)).toThrow(message);
});

it("refuses parameters that cannot be shown to clients", () => {
  expect(() => defineStrategy({ ...definition, parameters: z.object({ since: z.date() }) })).toThrow(/Date/);
});

it("refuses what a definition in JavaScript may lack altogether", () => {
  expect(() => defineStrategy(undefined as unknown as typeof definition)).toThrow(TypeError);
});
