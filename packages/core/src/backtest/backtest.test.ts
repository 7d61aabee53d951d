import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Weights } from "../strategy/allocation.ts";
import { toIsoDay } from "../market/calendar.ts";
import type { PriceSeries } from "../market/price-table.ts";
import { runStrategy } from "./run-strategy.ts";
import type { Schedule } from "../strategy/schedule.ts";
import type { Run, Strategy } from "../strategy/strategy.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import { marketOf, noMarket } from "../testing/prices.ts";
import { strategyOf } from "../testing/strategy-of.ts";

const tickers = ["A", "B", "C"];
const close = fc.double({ min: 0.01, max: 1000, noNaN: true });

/** Tickers that each begin on a day of their own and miss some, over about half a year. */
const prices = fc
  .tuple(
    ...tickers.map((ticker) =>
      fc.tuple(fc.constant(ticker), fc.uniqueArray(fc.nat(180), { minLength: 60 }), fc.infiniteStream(close)),
    ),
  )
  .map((drawn) =>
    drawn.map(([ticker, offsets, closes]): PriceSeries => {
      const days = Int32Array.from(offsets, (offset) => 19_700 + offset).toSorted();
      return { ticker, days, closes: Float64Array.from(closes.take(days.length)) };
    }),
  );

/** Weights by day that add up to at most 1, zero weights among them. */
const policy = fc
  .array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 20 })
  .map((shares) => (day: string): Weights => {
    const drawn = shares[Date.parse(day) % shares.length]!;
    const sum = drawn.reduce((total: number, share) => total + share, 0) || 1;
    return Object.fromEntries(tickers.map((ticker, index) => [ticker, drawn[index]! / sum]));
  });

const schedule = fc.constantFrom<Schedule>("daily", "month-end");
const parameters = fc.record({
  fill: fc.constantFrom("same_close", "next_close"),
  cost_bps: fc.double({ min: 0, max: 500, noNaN: true }),
  initial_capital: fc.double({ min: 1, max: 1e9, noNaN: true }),
});

describe("an account", () => {
  it("is worth its cash and positions on each day, after costs", async () => {
    await fc.assert(
      fc.asyncProperty(prices, policy, schedule, parameters, async (series, weights, when, given) => {
        const strategy = strategyOf(tickers, ({ day }) => weights(day), { schedule: when, days: 2 });
        const { result, series: curve } = await run(strategy, given, series);
        const { fills } = result.run as Run;
        const held = new Map<string, number>();
        let cash = given.initial_capital;
        // Prices may fall to a hundred-thousandth in a day: what the account was worth bounds how exact its sums can be.
        let most = cash;
        curve.dates.forEach((date, index) => {
          const fill = fills.find(({ filledOn }) => filledOn === date);
          for (const { ticker, quantity, price } of fill?.orders ?? []) {
            expect(price).toBe(priceOn(series, ticker, date));
            held.set(ticker, (held.get(ticker) ?? 0) + quantity);
            cash -= quantity * price;
          }
          if (fill) {
            cash -= fill.cost;
            expect(Math.abs(fill.cost - (fill.traded * given.cost_bps) / 10_000) / most).toBeLessThan(1e-9);
          }
          let worth = cash;
          for (const [ticker, quantity] of held) worth += quantity * priceOn(series, ticker, date);
          most = Math.max(most, worth);
          expect(Math.abs(worth - curve.equity[index]!) / most).toBeLessThan(1e-9);
        });
        expect(result.final_value).toBe(curve.equity.at(-1));
        const { cash: left, holdings } = result.run as Run;
        const whole = holdings.reduce((sum, { value }) => sum + value, left);
        expect(Math.abs(whole - result.final_value) / most).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it("holds the decided weights after each fill", async () => {
    await fc.assert(
      fc.asyncProperty(prices, policy, parameters, async (series, weights, given) => {
        const strategy = strategyOf(tickers, ({ day }) => weights(day), { schedule: "month-end", days: 2 });
        const { result } = await run(strategy, given, series);
        const { fills, decisions } = result.run as Run;
        const held = new Map<string, number>();
        for (const { decidedOn, orders, value, cost } of fills) {
          for (const { ticker, quantity } of orders) held.set(ticker, (held.get(ticker) ?? 0) + quantity);
          const decision = decisions.find((one) => one.decidedOn === decidedOn)!;
          for (const { ticker, price } of orders) {
            const share = (held.get(ticker)! * price) / (value - cost);
            expect(share).toBeCloseTo(decision.weights[ticker] ?? 0, 9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("look-ahead", () => {
  const universe = [...new Set(boldAssetAllocation.universe({ variant: "BAA-G12" } as never))];
  const market = syntheticMarket(universe, 3);
  const whole = market.tickers.map((ticker, column): PriceSeries => {
    return { ticker, days: market.days, closes: market.closes[column]! };
  });

  it.each([
    ["BAA-G12", boldAssetAllocation, { variant: "BAA-G12", cost_bps: 10 }],
    ["BAA-G4 at the next close", boldAssetAllocation, { variant: "BAA-G4", fill: "next_close" }],
    ["the crossover", movingAverageCrossover, { short_window: 3, long_window: 8 }],
    [
      "the crossover at the same close",
      movingAverageCrossover,
      { short_window: 3, long_window: 8, fill: "same_close" },
    ],
  ])("is impossible for %s: later prices change nothing before them", async (_, strategy, given) => {
    const base = await run(strategy, given, whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(market.days.length - 2), fc.nat(), async (row, seed) => {
        const future = syntheticMarket(universe, seed);
        const changed = whole.map((one, column) => {
          const closes = one.closes.map((price, index) => (index > row ? future.closes[column]![index]! : price));
          return { ...one, closes };
        });
        const other = await run(strategy, given, changed);
        const day = toIsoDay(market.days[row]!);
        const until = (series: Awaited<ReturnType<typeof run>>["series"]) => ({
          equity: series.equity.filter((__, index) => series.dates[index]! <= day),
          decisions: series.weights.filter(({ date }) => date <= day),
        });
        expect(until(other.series)).toEqual(until(base.series));
      }),
      { numRuns: 8 },
    );
  });

  it("is impossible through a view, which shows a copy of the past", async () => {
    const seen: number[][] = [];
    const strategy = strategyOf(
      ["SPY"],
      (view) => {
        const closes = view.closes("SPY");
        expect(() => view.runningSums("SPY")(-1)).toThrow(RangeError);
        expect(() => view.closes("QQQ")).toThrow("QQQ is not in the universe");
        seen.push([...closes]);
        closes.fill(0);
        return {};
      },
      { days: 3 },
    );
    await run(strategy, { end_date: "2004-01-08" }, whole);
    const spy = whole.find(({ ticker }) => ticker === "SPY")!.closes;
    expect(seen).toEqual([0, 1, 2, 3].map((row) => [...spy.subarray(row, row + 3)]));
  });

  it("is impossible through month-ends: the last one is the decision's", async () => {
    const strategy = strategyOf(
      ["SPY"],
      (view) => {
        const closes = view.closes("SPY");
        const spy = whole.find(({ ticker }) => ticker === "SPY")!;
        expect(closes).toHaveLength(3);
        expect(closes[2]).toBe(spy.closes[(spy.days as Int32Array).indexOf(Date.parse(view.day) / 86_400_000)]);
        return {};
      },
      { schedule: "month-end", months: 2 },
    );
    const { series } = await run(strategy, { end_date: "2004-06-29" }, whole);
    expect(series.weights.map(({ date }) => date)).toEqual(["2004-03-31", "2004-04-30", "2004-05-31"]);
  });
});

describe("the same input", () => {
  it.each([boldAssetAllocation, movingAverageCrossover])("gives the same bytes: $name", async (strategy) => {
    const first = JSON.stringify(await runStrategy(strategy, { seed: 5, cost_bps: 3 }, noMarket));
    // Other tables in between push the first one out of every cache.
    for (let seed = 100; seed < 120; seed += 1) await runStrategy(strategy, { seed }, noMarket);
    expect(JSON.stringify(await runStrategy(strategy, { cost_bps: 3, seed: 5 }, noMarket))).toBe(first);
  });

  it("ignores prices after end_date", async () => {
    const all = syntheticMarket(["SPY"], 1);
    const upTo = (row: number): PriceSeries[] => [
      { ticker: "SPY", days: all.days.slice(0, row), closes: all.closes[0]!.slice(0, row) },
    ];
    const given = { end_date: "2010-01-15" };
    const [short, long] = [
      await run(movingAverageCrossover, given, upTo(2000)),
      await run(movingAverageCrossover, given, upTo(4000)),
    ];
    expect(JSON.stringify(long)).toBe(JSON.stringify(short));
  });
});

function run(strategy: Strategy, given: object, series: readonly PriceSeries[]) {
  return runStrategy(strategy, { use_real_data: true, ...given }, marketOf(series));
}

function priceOn(series: readonly PriceSeries[], ticker: string, date: string): number {
  const { days, closes } = series.find((one) => one.ticker === ticker)!;
  const day = Date.parse(date) / 86_400_000;
  return closes[(days as Int32Array).findLastIndex((one) => one <= day)]!;
}
