import { describe, expect, it } from "vitest";
import { runStrategy } from "../backtest/run-strategy.ts";
import { frozenAllocations } from "../testing/frozen/read-frozen.ts";
import { fundPrices, hasReferenceData, marketOf, noMarket, readReference, weekdaySeries } from "../testing/prices.ts";
import { boldAssetAllocation } from "./bold-asset-allocation.ts";

interface Selection {
  date: string;
  weights: Record<string, number>;
  mode: string;
  bad_canaries: string[];
  canary: Record<string, number>;
}

it.each(frozenAllocations())("%s gives the frozen results on the synthetic market", async (variant, frozen) => {
  for (const { fill, cost_bps, ...expected } of frozen.runs) {
    const { result, series } = await runStrategy(boldAssetAllocation, { variant, fill, cost_bps }, noMarket);
    const { first_day, last_day, trading_days } = expected;
    expect(result.period).toMatchObject({ first_day, last_day, trading_days });
    expect(result.final_value / expected.final_value).toBeCloseTo(1, 9);
    expect(result.metrics.max_drawdown).toBeCloseTo(expected.max_drawdown, 9);
    for (const { date, weights } of frozen.selections) {
      const decision = series.weights.find((one) => one.date === date);
      expect(decision?.weights).toEqual(near(weights));
    }
  }
});

describe.runIf(hasReferenceData)("on real prices", () => {
  it.each(["BAA-G4", "BAA-G12"])("%s selects what was computed elsewhere, month by month", async (variant) => {
    const market = marketOf(fundPrices());
    const { series } = await runStrategy(boldAssetAllocation, { variant, use_real_data: true }, market);
    const { strategies } = readReference("baa-selections-2008-2011.json") as {
      strategies: Record<string, { selections: Selection[] }>;
    };
    const { selections } = strategies[variant]!;
    expect(selections).toHaveLength(42);
    selections.forEach((expected, month) => {
      const { date, mode, weights, canary } = series.weights[month]!;
      expect({ date, mode }).toEqual({ date: expected.date, mode: expected.mode });
      expect(weights).toEqual(near(expected.weights));
      expect(canary).toEqual(near(expected.canary));
      expect(Object.keys(canary!).filter((ticker) => canary![ticker]! < 0)).toEqual(expected.bad_canaries);
    });
    expect(series.weights.at(-1)!.date).toBe("2026-07-31");
  });
});

it("takes prices that stand still for no bad sign, and equal scores in the order of the list", async () => {
  const tickers = new Set(boldAssetAllocation.universe({ variant: "BAA-G12" } as never));
  const still = marketOf(
    [...tickers].map((ticker) =>
      weekdaySeries(
        ticker,
        "2020-01-01",
        Array.from({ length: 300 }, () => 7),
      ),
    ),
  );
  const { series } = await runStrategy(boldAssetAllocation, { variant: "BAA-G12/T3", use_real_data: true }, still);
  expect(series.weights[0]).toMatchObject({ mode: "offensive", weights: { SPY: 1 / 3, QQQ: 1 / 3, IWM: 1 / 3 } });
});

describe("on the synthetic market", () => {
  const sizes: Record<string, number> = { "BAA-G12": 6, "BAA-G4": 1, "BAA-G12/T3": 3, "BAA-G4/T2": 2, "BAA-SPY": 1 };

  it.each(boldAssetAllocation.variants)("%s meets every branch, fully invested", async (variant) => {
    const { result, series } = await runStrategy(boldAssetAllocation, { variant }, noMarket);
    const shares = new Set<number>();
    for (const { weights, mode, canary, because } of series.weights) {
      expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      const bad = Object.keys(canary!).filter((ticker) => canary![ticker]! < 0);
      expect(mode).toBe(bad.length === 0 ? "offensive" : "defensive");
      if (mode === "offensive") expect(Object.keys(weights)).toHaveLength(sizes[variant]!);
      else {
        expect(because).toContain(`${bad.join(", ")} negative`);
        shares.add(Math.round((weights.BIL ?? 0) * 3));
      }
    }
    expect(new Set(series.weights.map(({ mode }) => mode))).toEqual(new Set(["offensive", "defensive"]));
    expect(shares).toEqual(new Set([0, 1, 2, 3]));
    expect(result).toMatchObject({ strategy: "BoldAssetAllocation", variant, metrics: { exposure: 1 } });
  });

  it("reports the assets of the last decision: offensive ones, or none when defensive", async () => {
    const seen = new Map<string, unknown>();
    for (let year = 2006; year < 2024; year += 1) {
      const parameters = { variant: "BAA-G4/T2", end_date: `${year}-06-15` };
      const { result, series } = await runStrategy(boldAssetAllocation, parameters, noMarket);
      const { date, weights, mode, canary, because } = series.weights.at(-1)!;
      const offensive_assets = mode === "offensive" ? Object.keys(weights) : [];
      const days = { decided_on: date, filled_on: date };
      expect(result.portfolio).toMatchObject({
        offensive_assets,
        weights,
        mode,
        canary,
        scores: null,
        because,
        ...days,
      });
      const drifted = Object.values(result.portfolio!.drifted_weights!).reduce((sum, weight) => sum + weight, 0);
      expect(drifted).toBeCloseTo(1, 12);
      seen.set(mode!, true);
    }
    expect(seen.size).toBe(2);
  });

  it("has the keys of the guide first", async () => {
    const { result } = await runStrategy(boldAssetAllocation, {}, noMarket);
    expect(Object.keys(result).slice(0, 5)).toEqual(["strategy", "variant", "portfolio", "final_value", "return"]);
    expect(Object.keys(result.portfolio!).slice(0, 2)).toEqual(["offensive_assets", "weights"]);
  });
});

function near(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([ticker, value]) => [ticker, expect.closeTo(value, 9)]));
}
