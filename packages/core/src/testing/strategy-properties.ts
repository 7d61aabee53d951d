import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { backtest } from "../backtest/backtest.ts";
import { extrasOf, universeOf } from "../backtest/decide/needs.ts";
import { runStrategy } from "../backtest/run-strategy.ts";
import type { Bars } from "../market/bars.ts";
import { isoDays, toIsoDay } from "../market/calendar.ts";
import { type PriceTable, priceTable } from "../market/price-table.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import { builtInStrategies } from "../strategies/index.ts";
import { fillRules } from "../strategy/fill-rule.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { noMarket } from "./prices.ts";

/** Parameters of strategies that take other paths than their defaults and variants do. */
const more: Readonly<Record<string, readonly object[]>> = {
  DonchianBreakout: [{ bars: "high_low" }],
  StaticAllocation: [{ rebalance: "quarterly" }, { rebalance: "never" }],
  LethargicAssetAllocation: [{ unemployment_lag_months: 0 }],
  MovingAverageCrossover: [{ short_window: 3, long_window: 8 }],
};

const cases = builtInStrategies.flatMap((strategy) =>
  [...variantsOf(strategy), ...(more[strategy.name] ?? [])].map((given) => ({
    name: `${strategy.name} ${JSON.stringify(given)}`,
    strategy,
    given,
  })),
);
const fill = fc.constantFrom(...fillRules);

/** The first variant of each strategy, and those that take other paths. */
const mainCases = cases.filter(
  ({ strategy, given }) => given === cases.find((one) => one.strategy === strategy)!.given || !("variant" in given),
);

interface Extent {
  readonly variants: "all" | "main";
  /** Examples of each property. */
  readonly numRuns: number;
}

/** Tests what holds for every built-in strategy, and that each of its variants gives the same bytes again. */
export function strategyProperties({ variants, numRuns }: Extent): void {
  describe.each(variants === "all" ? cases : mainCases)("$name", ({ strategy, given }) => {
    it("cannot look ahead: later prices, bars and series change nothing before them", () => {
      const table = tableFor(strategy, given, 3);
      const future = tableFor(strategy, given, 4);
      fc.assert(
        fc.property(fc.integer({ min: 400, max: table.days.length - 2 }), fill, (row, rule) => {
          const whole = runOn(table, strategy, { ...given, fill: rule });
          const changed = runOn(changedAfter(table, future, row), strategy, { ...given, fill: rule });
          expect(upTo(changed, table, row)).toBe(upTo(whole, table, row));
        }),
        { numRuns },
      );
    });

    it("keeps an account whose cash and positions are its worth on each day", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 50 }), fill, fc.nat(50), (seed, rule, cost_bps) => {
          const table = tableFor(strategy, given, seed);
          const parameters = strategy.parameters.parse({ ...given, fill: rule, cost_bps });
          const { first, account } = backtest(strategy, parameters, table);
          const dates = isoDays(table.days);
          const closes = new Map(table.tickers.map((ticker, column) => [ticker, table.closes[column]!]));
          const held = new Map<string, number>();
          let [cash, next] = [parameters.initial_capital, 0];
          account.equity.forEach((equity, index) => {
            const trade = account.fills[next];
            if (trade !== undefined && trade.filledOn === dates[first + index]) {
              for (const { ticker, quantity, price } of trade.orders) {
                held.set(ticker, (held.get(ticker) ?? 0) + quantity);
                cash -= quantity * price;
              }
              cash -= trade.cost;
              next += 1;
            }
            let worth = cash;
            for (const [ticker, quantity] of held) worth += quantity * closes.get(ticker)![first + index]!;
            if (Math.abs(worth / equity - 1) > 1e-9) expect(worth).toBe(equity);
          });
          expect(next).toBe(account.fills.length);
        }),
        { numRuns },
      );
    });
  });

  describe("the same input", () => {
    const results = new Map<string, string>();
    // So many tables push the first ones out of the cache before their strategies run again.
    beforeAll(async () => {
      for (const { name, strategy, given } of cases) results.set(name, await resultOf(strategy, given));
    });

    it.each(cases)("gives the same bytes: $name", async ({ name, strategy, given }) => {
      expect(await resultOf(strategy, given)).toBe(results.get(name));
    });
  });
}

async function resultOf(strategy: Strategy, given: object): Promise<string> {
  return JSON.stringify(await runStrategy(strategy, { ...given, seed: 9 }, noMarket));
}

function variantsOf({ variants }: Strategy): readonly object[] {
  return variants.length === 0 ? [{}] : variants.map((variant) => ({ variant }));
}

/** The prices of a run, with opens for every way to fill. */
function tableFor(strategy: Strategy, given: object, seed: number): PriceTable {
  const parameters = strategy.parameters.parse({ ...given, fill: "next_open" });
  return syntheticMarket(universeOf(strategy, parameters), seed, extrasOf(strategy, parameters));
}

function runOn(table: PriceTable, strategy: Strategy, given: object) {
  return backtest(strategy, strategy.parameters.parse(given), table);
}

/**
 * What a run decided and was worth on the rows up to `row`, as lines of text, since comparing thousands of values is slow. A
 * decision is known before it is traded.
 */
function upTo({ first, decisions, account }: ReturnType<typeof runOn>, table: PriceTable, row: number): string {
  const day = toIsoDay(table.days[row]!);
  const decided = decisions
    .filter(({ decidedOn }) => decidedOn <= day)
    .map(({ filledOn, ...decision }) =>
      JSON.stringify({ ...decision, filledOn: filledOn !== null && filledOn <= day }),
    );
  return [...decided, ...account.equity.subarray(0, Math.max(0, row - first + 1))].join("\n");
}

/** The table with everything after a row, and all that was not known on it, taken from another. */
function changedAfter(table: PriceTable, future: PriceTable, row: number): PriceTable {
  const mixed = (now: Float64Array, later: Float64Array) =>
    now.map((value, index) => (index > row ? later[index]! : value));
  const today = table.days[row]!;
  return priceTable(
    table.tickers.map((ticker, column) => ({
      ticker,
      days: table.days,
      closes: mixed(table.closes[column]!, future.closes[column]!),
      bars: Object.fromEntries(
        Object.entries(table.bars[column]!).map(([name, values]) => [
          name,
          mixed(values, future.bars[column]![name as keyof Bars]!),
        ]),
      ),
    })),
    table.source,
    table.series.map((one, index) => ({
      ...one,
      values: one.values.map((value, at) => (one.knownOn[at]! > today ? future.series[index]!.values[at]! : value)),
    })),
  );
}
