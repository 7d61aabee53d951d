import { beforeAll, describe, expect, it } from "vitest";
import { runStrategy } from "../backtest/run-strategy.ts";
import { toDay } from "../market/calendar.ts";
import { dataSeries } from "../market/data-series.ts";
import type { Market } from "../market/price-table.ts";
import { bollingerBands, highestBefore, lowestBefore } from "../strategy/indicators/channels.ts";
import type { Indicator } from "../strategy/indicators/indicator.ts";
import { movingAverageConvergence } from "../strategy/indicators/macd.ts";
import { simpleAverage } from "../strategy/indicators/moving-average.ts";
import { relativeStrengthIndex } from "../strategy/indicators/rsi.ts";
import type { FillRule } from "../strategy/fill-rule.ts";
import type { Strategy } from "../strategy/strategy.ts";
import {
  extraFundPrices,
  fundPrices,
  hasReferenceData,
  marketOf,
  readReference,
  unemployment,
} from "../testing/prices.ts";
import { builtInStrategies } from "./index.ts";

/** Early decisions and accounts, computed by an independent program. */
interface Samples {
  readonly strategies: Readonly<Record<string, Readonly<Record<string, Sample>>>>;
}

interface Sample {
  readonly default_fill: FillRule;
  readonly until: string;
  readonly first_decision?: string;
  readonly decisions?: readonly {
    readonly date: string;
    readonly weights: Record<string, number>;
    readonly mode?: string;
    readonly scores?: Record<string, number>;
  }[];
  readonly accounts?: Readonly<Record<string, Record<string, number>>>;
  readonly [account: string]: unknown;
}

const { strategies } = (
  hasReferenceData ? readReference("strategy-library-samples.json") : { strategies: {} }
) as Samples;
const cases = Object.entries(strategies).flatMap(([name, variants]) =>
  Object.entries(variants).map(([label, sample]) => ({ name, label, sample })),
);
const monthly = cases.filter(({ sample }) => sample.decisions !== undefined);
const technical = cases.filter(({ sample }) => sample.decisions === undefined);
const ways = ["same_close", "next_close", "same_close_cost_10bp"];

describe.runIf(hasReferenceData)("the samples", () => {
  let market: Market;
  // Not beside the tests: that code runs even where they are skipped, and the files are missing there.
  beforeAll(() => {
    market = marketOf([...fundPrices(), ...extraFundPrices()], [dataSeries("UNRATE", unemployment())]);
  });
  const run = (name: string, label: string, way: string, until: string) => {
    const strategy = builtInStrategies.find((one) => one.name === name)!;
    const fill = way.startsWith("same_close") ? "same_close" : way;
    const cost_bps = way.endsWith("10bp") ? 10 : 0;
    const given = { ...parametersOf(strategy, label), use_real_data: true, end_date: until, fill, cost_bps };
    return runStrategy(strategy, given, market);
  };

  it("name every strategy but the two that have references of their own", () => {
    const others = ["BoldAssetAllocation", "MovingAverageCrossover"];
    expect(new Set([...Object.keys(strategies), ...others])).toEqual(
      new Set(builtInStrategies.map(({ name }) => name)),
    );
  });

  it.each(monthly)("$name $label decides as computed elsewhere, in every fill", async ({ name, label, sample }) => {
    const strategy = builtInStrategies.find((one) => one.name === name)!;
    expect(strategy.parameters.parse(parametersOf(strategy, label)).fill).toBe(sample.default_fill);
    const isOptimised = ["AdaptiveAssetAllocation", "KipnisDefensiveAdaptive", "RiskParity"].includes(name);
    for (const way of ways) {
      const { result, series } = await run(name, label, way, sample.until);
      const decisions = series.weights.slice(0, sample.decisions!.length);
      expect(decisions[0]!.date).toBe(sample.first_decision);
      expect(decisions.map(({ date }) => date)).toEqual(sample.decisions!.map(({ date }) => date));
      decisions.forEach((decision, index) => {
        const expected = sample.decisions![index]!;
        expect(decision.mode ?? undefined).toBe(expected.mode);
        expectClose(decision.weights, expected.weights, isOptimised ? 1e-7 : 1e-9);
        if (expected.scores) expectClose(decision.scores!, expected.scores, 1e-9);
      });
      expectAccount(result, sample.accounts![way]!, isOptimised ? 1e-7 : 1e-9);
    }
  });

  it.each(technical)("$name $label sees the indicators that were computed elsewhere", ({ name, label, sample }) => {
    const spy = fundPrices().find(({ ticker }) => ticker === "SPY")!;
    for (const { date, ...expected } of sample["indicators"] as ({ date: string } & Record<string, number>)[]) {
      const closes = spy.closes.subarray(0, (spy.days as Int32Array).indexOf(toDay(date)) + 1);
      const found = indicatorsOf(name, label, closes);
      for (const [key, value] of Object.entries(expected)) expect(found[key]! / value).toBeCloseTo(1, 9);
    }
  });

  it.each(technical)("$name $label trades as computed elsewhere, in every fill", async ({ name, label, sample }) => {
    for (const way of ways) {
      const { result } = await run(name, label, way, sample.until);
      const { trade_list: trades, ...figures } = sample[way] as Record<string, never> & { trade_list: object[] };
      expect(result.trades).toHaveLength(figures["trades"]!);
      expectAccount(result, figures, 1e-9);
      // The samples hold the first dozen.
      result.trades!.slice(0, trades.length).forEach((trade, index) => {
        for (const [key, value] of Object.entries(trades[index]!)) {
          const found = trade[key as keyof typeof trade];
          if (typeof value === "number") expect((found as number) / value).toBeCloseTo(1, 9);
          else expect(found).toBe(value);
        }
      });
    }
  });
});

function indicatorsOf(name: string, variant: string, closes: Float64Array): Record<string, number> {
  if (name === "MovingAverageTrend") return { sma: simpleAverage(closes, 200) };
  if (name === "BollingerReversion") return { ...bollingerBands(closes) };
  if (name === "MacdTrend") return { ...followed(movingAverageConvergence(), closes) };
  if (name === "RsiReversion") {
    const [sma5, sma200] = [simpleAverage(closes, 5), simpleAverage(closes, 200)];
    return { rsi: followed(relativeStrengthIndex(2), closes), sma5, sma200 };
  }
  const [entry, exit] = variant === "S1" ? [20, 10] : [55, 20];
  return { upper: highestBefore(closes, entry), lower: lowestBefore(closes, exit) };
}

function followed<Value>({ start }: Indicator<Value>, closes: Float64Array): Value {
  const next = start();
  return Array.from(closes, (close) => next(close, Number.NaN, Number.NaN)).at(-1)!;
}

/** `60-40; rebalance=quarterly`, `unemployment_lag_months=0`, a variant, or `default`. */
function parametersOf(strategy: Strategy, label: string): Record<string, unknown> {
  const entries = label.split("; ").map((part) => {
    const [key, value] = part.split("=");
    return value === undefined ? ["variant", key] : [key, Number.isNaN(Number(value)) ? value : Number(value)];
  });
  return label === "default" ? {} : Object.fromEntries(entries);
}

function expectClose(found: Record<string, number>, expected: Record<string, number>, tolerance: number): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [key, value] of Object.entries(expected)) expect(Math.abs(found[key]! - value)).toBeLessThan(tolerance);
}

function expectAccount(
  { final_value, metrics }: { final_value: number; metrics: object },
  expected: Record<string, number>,
  tolerance: number,
): void {
  const found = { final_value, ...metrics } as unknown as Record<string, number>;
  for (const [key, value] of Object.entries(expected)) {
    const difference = Math.abs(found[key]! - value) / Math.max(1, Math.abs(value));
    expect({ key, isClose: difference < tolerance }).toEqual({ key, isClose: true });
  }
}
