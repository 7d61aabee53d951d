import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Grid, openGrid } from "./grid.ts";

const axes = { short_window: { from: 5, to: 15, step: 5 }, fill: ["same_close", "next_close"] };

describe("a grid", () => {
  it("lists every combination once, in an order that does not depend on how its JSON was written", () => {
    const grid = openGrid(Grid.parse({ axes }));
    expect(grid.names).toEqual(["fill", "short_window"]);
    expect(Array.from({ length: grid.count }, (_, index) => grid.combinationAt(index))).toEqual([
      { fill: "same_close", short_window: 5 },
      { fill: "same_close", short_window: 10 },
      { fill: "same_close", short_window: 15 },
      { fill: "next_close", short_window: 5 },
      { fill: "next_close", short_window: 10 },
      { fill: "next_close", short_window: 15 },
    ]);
    const turned = openGrid(Grid.parse({ axes: { fill: axes.fill, short_window: axes.short_window } }));
    expect(turned.combinationAt(4)).toEqual(grid.combinationAt(4));
    expect(() => grid.combinationAt(6)).toThrow(RangeError);
  });

  it("reaches the end of a range of decimals, with numbers as people write them", () => {
    const { count, combinationAt } = openGrid(Grid.parse({ axes: { cost_bps: { from: 0, to: 0.7, step: 0.1 } } }));
    expect(Array.from({ length: count }, (_, index) => combinationAt(index)["cost_bps"])).toEqual([
      0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7,
    ]);
  });

  it("takes a sample without repetition, the same for the same seed", () => {
    const size = { from: 1, to: 37 };
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2000 }), (seed, count) => {
        const parsed = Grid.parse({ axes: { a: size, b: size }, sample: { seed, count } });
        const listOf = () => {
          const grid = openGrid(parsed);
          return Array.from({ length: grid.count }, (_, index) => JSON.stringify(grid.combinationAt(index)));
        };
        expect(new Set(listOf()).size).toBe(Math.min(count, 37 * 37));
        expect(listOf()).toEqual(listOf());
      }),
      { numRuns: 20 },
    );
  });

  it("spreads a sample evenly over the grid, and differs by seed", () => {
    const big = { from: 1, to: 100_000 };
    const sampleOf = (seed: number) => {
      const grid = openGrid(
        Grid.parse({ axes: { a: big, b: big, c: { from: 1, to: 1000 } }, sample: { seed, count: 10_000 } }),
      );
      return Array.from({ length: grid.count }, (_, index) => grid.combinationAt(index));
    };
    for (const name of ["a", "b", "c"]) {
      const largest = name === "c" ? 1000 : 100_000;
      const tenths = Map.groupBy(sampleOf(1), (combination) =>
        Math.floor(((Number(combination[name]) - 1) / largest) * 10),
      );
      expect(tenths.size).toBe(10);
      for (const tenth of tenths.values()) expect(Math.abs(tenth.length - 1000)).toBeLessThan(150);
    }
    expect(sampleOf(2).slice(0, 3)).not.toEqual(sampleOf(1).slice(0, 3));
  });

  it.each([
    [{ axes: {} }, "At least one parameter must vary"],
    [{ axes: { a: [] } }, "Too small"],
    [{ axes: { a: [1, 1] } }, "A value is there twice"],
    [{ axes: { "a b": [1] } }, "Expected the name of a parameter"],
    [{ axes: { a: { from: 2, to: 1 } } }, "Must not be greater than to"],
    [{ axes: { a: { from: 0, to: 1, step: 1e-9 } } }, "More than 100000 values"],
    [{ axes: { a: { from: 1, to: 2000 }, b: { from: 1, to: 2000 } } }, "take a sample"],
    [{ axes: { a: [1] }, sample: { seed: 1, count: 0 } }, "Too small"],
  ])("refuses %j", (given, reason) => {
    expect(JSON.stringify(Grid.safeParse(given).error?.issues)).toContain(reason);
  });
});
