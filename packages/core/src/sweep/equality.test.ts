import fc from "fast-check";
import { expect, it } from "vitest";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { marketOf, noMarket, weekdaySeries } from "../testing/prices.ts";
import { strategyOf } from "../testing/strategy-of.ts";
import { sweepDifferences } from "../testing/sweep-differences.ts";
import { Grid } from "./grid.ts";

/** Prices of every kind on which averages can meet: wandering, constant, few-valued, in steps, growing evenly. */
const closes = fc.oneof(
  fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 3, maxLength: 120 }).map((factors) => {
    let price = 50;
    return factors.map((factor) => (price *= factor));
  }),
  fc.tuple(fc.double({ min: 0.01, max: 1000, noNaN: true }), fc.integer({ min: 3, max: 120 })).map(repeated),
  fc.array(fc.constantFrom(0.1, 0.2, 0.3), { minLength: 3, maxLength: 120 }),
  fc.array(fc.constantFrom(1, 2, 3, 1000), { minLength: 3, maxLength: 120 }),
  fc
    .array(fc.tuple(fc.constantFrom(0.1, 7.7, 10), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 8 })
    .map((steps) => [0.1, 0.1, ...steps.flatMap(repeated)]),
  fc.integer({ min: 3, max: 120 }).map((length) => Array.from({ length }, (_, day) => 1.01 ** day)),
);
const common = fc.record({
  fill: fc.constantFrom("same_close", "next_close"),
  cost_bps: fc.constantFrom(0, 10, 37.5, 500),
  initial_capital: fc.constantFrom(100_000, 1234.5),
});

it("the crossover kernel equals the plain backtest", async () => {
  await fc.assert(
    fc.asyncProperty(closes, common, fc.nat(130), fc.nat(130), async (prices, parameters, begin, length) => {
      const series = weekdaySeries("X", "2020-01-01", prices);
      const start = series.days[Math.min(begin, prices.length - 1)]!;
      const fixed = { ...parameters, symbol: "X", use_real_data: true, ...(begin < 60 && periodOf(start, length)) };
      const grid = Grid.parse({ axes: { short_window: [1, 2, 3, 5, 13], long_window: [2, 3, 4, 8, 21, 55] } });
      expect(await sweepDifferences(movingAverageCrossover, fixed, grid, marketOf([series]))).toEqual([]);
    }),
    {
      numRuns: 60,
      // A rounding more or less leaves a drawdown of 1e-16 here, which is none.
      examples: [
        [
          [45.93523975603262, 49.012198131587205, 46.01883270949413],
          { fill: "same_close", cost_bps: 0, initial_capital: 100_000 },
          0,
          2,
        ],
      ],
    },
  );
});

it("shared decisions and accounts without history equal the plain backtest", async () => {
  const axes = { variant: [...boldAssetAllocation.variants], fill: ["same_close", "next_close"], cost_bps: [0, 25] };
  const window = { start_date: "2008-02-12", end_date: "2011-11-30" };
  expect(await sweepDifferences(boldAssetAllocation, {}, Grid.parse({ axes }), noMarket)).toEqual([]);
  expect(
    await sweepDifferences(boldAssetAllocation, { ...window, initial_capital: 77 }, Grid.parse({ axes }), noMarket),
  ).toEqual([]);
});

it("the allocation kernel equals the plain backtest for any strategy", async () => {
  const weights = fc.array(fc.record({ A: fc.constantFrom(0, 0.25, 0.5), B: fc.constantFrom(0, 0.1, 0.5) }), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(closes, weights, common, async (prices, plan, parameters) => {
      const market = marketOf([
        weekdaySeries("A", "2020-01-01", prices),
        weekdaySeries("B", "2020-01-01", prices.toReversed()),
      ]);
      const strategy = strategyOf(["A", "B"], ({ day }) => plan[Number(day.slice(8)) % plan.length]!);
      const grid = Grid.parse({ axes: { seed: [1, 2] } });
      expect(await sweepDifferences(strategy, { ...parameters, use_real_data: true }, grid, market)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function repeated([value, times]: readonly [number, number]): number[] {
  return Array.from({ length: times }, () => value);
}

function periodOf(start: number, length: number): { start_date: string; end_date: string } {
  const isoDay = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  return { start_date: isoDay(start), end_date: isoDay(start + length) };
}
