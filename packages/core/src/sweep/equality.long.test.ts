import { describe, expect, it } from "vitest";
import type { Market } from "../market/price-table.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { hasReferenceData, marketOf, spyPrices } from "../testing/prices.ts";
import { sweepDifferences } from "../testing/sweep-differences.ts";
import { Grid } from "./grid.ts";

describe.runIf(hasReferenceData)("on real prices", () => {
  it("a random 500 of 5 to 100 by 10 to 300 equal the plain backtest", { timeout: 60_000 }, async () => {
    const table = await marketOf(spyPrices()).load(["SPY"]);
    const market: Market = { load: () => Promise.resolve(table) };
    const axes = { short_window: { from: 5, to: 100 }, long_window: { from: 10, to: 300 } };
    const grid = Grid.parse({ axes, sample: { seed: 7, count: 500 } });
    expect(await sweepDifferences(movingAverageCrossover, { use_real_data: true, cost_bps: 5 }, grid, market)).toEqual(
      [],
    );
  });
});
