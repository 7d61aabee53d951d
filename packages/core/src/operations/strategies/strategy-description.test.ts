import { expect, it } from "vitest";
import { z } from "zod";
import { builtInStrategies } from "../../strategies/index.ts";
import { defineStrategy } from "../../strategy/strategy.ts";
import { toStrategyDescription } from "./strategy-description.ts";

const described = new Map(builtInStrategies.map((one) => [one.name, toStrategyDescription(one)]));

it("every built-in strategy says its family, source, needs and those of each variant", () => {
  for (const [name, one] of described) {
    expect({ name, family: one.family }).not.toMatchObject({ family: "own" });
    expect(one.universe!.length).toBeGreaterThan(0);
    expect(one.schedule).not.toBeNull();
    expect(one.by_variant.map(({ variant }) => variant)).toEqual(one.variants);
    for (const { variant } of one.published) expect(variant === null || one.variants.includes(variant)).toBe(true);
  }
});

it("tells what a variant needs", () => {
  const golden = described.get("StaticAllocation")!.by_variant.find(({ variant }) => variant === "golden-butterfly");
  expect(golden).toEqual({
    variant: "golden-butterfly",
    schedule: "year-end",
    universe: ["VTI", "IJS", "TLT", "SHY", "GLD"],
    history: { months: 0, days: null, bars: [], series: {} },
  });
  expect(described.get("LethargicAssetAllocation")).toMatchObject({
    schedule: "month-end",
    history: { months: 9, days: null, series: { UNRATE: 13 } },
    published: [{ variant: null, cagr: 0.095, volatility: null }],
  });
});

it("leaves out what a user's strategy cannot say without parameters, or fails to say", () => {
  const definition = {
    name: "Own",
    version: "1.0.0",
    description: "A test's.",
    source: "A test",
    schedule: "daily",
    defaultFill: "same_close",
    history: () => ({ days: 1 }),
    decide: () => ({ weights: {}, because: "" }),
  } as const;
  const needy = defineStrategy({
    ...definition,
    parameters: z.object({ symbol: z.string() }),
    universe: ({ symbol }) => [symbol],
  });
  const unknown = { family: "own", link: null, published: [], schedule: null, universe: null, history: null };
  expect(toStrategyDescription(needy)).toMatchObject(unknown);
  const failing = defineStrategy({
    ...definition,
    parameters: z.object({}),
    universe: () => {
      throw new Error("no idea");
    },
  });
  expect(toStrategyDescription(failing)).toMatchObject(unknown);
});
