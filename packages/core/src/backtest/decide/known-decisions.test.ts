import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { syntheticMarket } from "../../market/synthetic-market.ts";
import { boldAssetAllocation, defensiveAssetAllocation, hybridAssetAllocation } from "../../strategies/index.ts";
import { type FillRule, fillRules } from "../../strategy/fill-rule.ts";
import { defineStrategy, type Strategy } from "../../strategy/strategy.ts";
import { parseParameters } from "../../strategy/parameters.ts";
import { backtest } from "../backtest.ts";
import { resultOf, seriesOf } from "../report.ts";

const common = fc.record({
  cost_bps: fc.integer({ min: 0, max: 100 }),
  initial_capital: fc.integer({ min: 1, max: 1_000_000 }),
  fill: fc.constantFrom<FillRule>(...fillRules.filter((fill) => fill !== "next_open")),
  start_date: fc.option(
    fc.integer({ min: 2006, max: 2020 }).map((year) => `${year}-03-15`),
    { nil: undefined },
  ),
  end_date: fc.option(fc.constantFrom("2021-06-30", "2024-12-31"), { nil: undefined }),
});

const strategies = [
  [boldAssetAllocation as Strategy, ["BAA-G12", "BAA-G4"]],
  [hybridAssetAllocation as Strategy, ["HAA-Balanced"]],
  [defensiveAssetAllocation as Strategy, ["DAA-G12", "DAA-G6"]],
] as const;

it("runs that share decisions give the bytes of runs that make their own", () => {
  const tables = new Map<string, ReturnType<typeof syntheticMarket>>();
  fc.assert(
    fc.property(fc.constantFrom(...strategies), fc.nat(1), common, ([strategy, variants], index, given) => {
      const parsed = parseParameters(strategy, { ...given, variant: variants[index % variants.length] });
      if (!parsed.ok) throw new Error(parsed.message);
      const { parameters } = parsed;
      const tickers = [...new Set(strategy.universe(parameters))];
      const key = tickers.join(" ");
      const table = tables.get(key) ?? syntheticMarket(tickers, 3);
      tables.set(key, table);
      const [shared, own] = [table, { ...table }].map((prices) => {
        const run = backtest(strategy, parameters, prices);
        const result = resultOf(strategy, parameters, prices, run, null);
        return JSON.stringify([result, seriesOf(prices, run, result)]);
      });
      expect(shared).toBe(own);
    }),
    { numRuns: 50 },
  );
});

it("runs decide nothing that was decided twice before", () => {
  let decided = 0;
  const counting = defineStrategy({
    name: "Counting",
    version: "1.0.0",
    description: "Counts what it decides.",
    source: "a test",
    parameters: z.object({ share: z.number().default(1) }),
    schedule: "month-end",
    defaultFill: "same_close",
    universe: () => ["SPY"],
    history: () => ({ months: 0 }),
    decide(_, { share }) {
      decided += 1;
      return { weights: { SPY: share }, because: "always" };
    },
  }) as Strategy;
  const table = syntheticMarket(["SPY"], 1);
  const decisionsOf = (given: object) => {
    const parsed = parseParameters(counting, given);
    if (!parsed.ok) throw new Error(parsed.message);
    decided = 0;
    backtest(counting, parsed.parameters, table);
    return decided;
  };
  const months = decisionsOf({});
  expect(months).toBeGreaterThan(200);
  expect(decisionsOf({ cost_bps: 5 })).toBe(months);
  expect(decisionsOf({ cost_bps: 7 })).toBe(0);
  expect(decisionsOf({ share: 0.5 })).toBe(months);
});

it("a strategy that changes a remembered decision fails instead of changing the next run", () => {
  const careless = defineStrategy({
    name: "Careless",
    version: "1.0.0",
    description: "Changes in its report what it decided.",
    source: "a test",
    parameters: z.object({}),
    schedule: "month-end",
    defaultFill: "same_close",
    universe: () => ["SPY"],
    history: () => ({ months: 0 }),
    decide: () => ({ weights: { SPY: 1 }, because: "always" }),
    report({ decisions }) {
      for (const { weights } of decisions) (weights as Record<string, number>)["SPY"] = 0.5;
      return {};
    },
  }) as Strategy;
  const parsed = parseParameters(careless, {});
  if (!parsed.ok) throw new Error(parsed.message);
  const table = syntheticMarket(["SPY"], 1);
  const report = () => resultOf(careless, parsed.parameters, table, backtest(careless, parsed.parameters, table), null);
  expect(report).toThrow("Careless failed to report");
  expect(backtest(careless, parsed.parameters, table).decisions.at(-1)!.weights).toEqual({ SPY: 1 });
});
