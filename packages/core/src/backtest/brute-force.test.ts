import { describe } from "vitest";
import type { PriceSeries } from "../market/price-table.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { agreesWithBruteForce } from "../testing/agrees-with-brute-force.ts";

describe("on synthetic prices, some days missing", () => {
  agreesWithBruteForce(gappy);
});

/** The synthetic market with another day missing now and then for each ticker, but never a month-end, and different ends. */
function gappy(): PriceSeries[] {
  const { variants } = boldAssetAllocation;
  const universe = [...new Set(variants.flatMap((variant) => boldAssetAllocation.universe({ variant } as never)))];
  const table = syntheticMarket(universe, 2);
  return table.tickers.map((ticker, column) => {
    const last = table.days.length - column;
    const rows = Array.from({ length: last }, (_, row) => row).filter((row) => {
      const isMiddle = new Date(table.days[row]! * 86_400_000).getUTCDate() < 20;
      return !(isMiddle && (row * 31 + column) % 97 === 0);
    });
    return {
      ticker,
      days: Int32Array.from(rows, (row) => table.days[row]!),
      closes: Float64Array.from(rows, (row) => table.closes[column]![row]!),
    };
  });
}
