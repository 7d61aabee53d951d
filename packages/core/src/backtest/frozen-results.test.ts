import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { boldAssetAllocation, builtInStrategies, movingAverageCrossover } from "../strategies/index.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { noMarket } from "../testing/prices.ts";
import { runStrategy, type StrategyRun } from "./run-strategy.ts";

/*
 * SHA-256 of the results and series of many runs on the synthetic market, frozen from the plain implementation before it was
 * made fast. `UPDATE_FROZEN=1` writes them anew: only for a change of results that is meant.
 */
const file = new URL("../testing/frozen-results.json", import.meta.url);
const frozen = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;

const accounts = [
  {},
  { cost_bps: 10, fill: "next_close" },
  { cost_bps: 3.5, fill: "same_close", initial_capital: 12_345.67 },
  { start_date: "2008-05-14", end_date: "2019-11-07", seed: 7 },
  { start_date: "2015-03-31", end_date: "2015-04-30", cost_bps: 25, seed: -3 },
  { start_date: "2020-06-30", end_date: "2020-06-30", seed: 12 },
];

const cases: readonly { readonly strategy: Strategy; readonly parameters: Record<string, unknown> }[] = [
  ...builtInStrategies.flatMap((strategy) =>
    [{}, { cost_bps: 7, fill: "next_close", seed: 4 }, { start_date: "2011-02-11", end_date: "2016-08-19" }].map(
      (parameters) => ({ strategy, parameters }),
    ),
  ),
  ...boldAssetAllocation.variants.flatMap((variant) =>
    [...accounts, ...seeds(5)].map((account) => ({
      strategy: boldAssetAllocation as Strategy,
      parameters: { variant, ...account },
    })),
  ),
  ...[
    [20, 50],
    [1, 2],
    [5, 200],
    [50, 51],
    [100, 300],
    [3, 10],
  ].flatMap(([short, long]) =>
    [...accounts, ...seeds(4)].map((account) => ({
      strategy: movingAverageCrossover as Strategy,
      parameters: { short_window: short, long_window: long, symbol: short === 3 ? "TLT" : "SPY", ...account },
    })),
  ),
];

it("results and series keep their bytes", async () => {
  const found: Record<string, string> = {};
  for (const { strategy, parameters } of cases) {
    const name = `${strategy.name} ${JSON.stringify(parameters)}`;
    found[name] = await hashOf(strategy, parameters);
  }
  if (process.env["UPDATE_FROZEN"] === "1") writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  else expect(found).toEqual(frozen);
});

function seeds(count: number) {
  return Array.from({ length: count }, (_, index) => ({ seed: 100 + index, cost_bps: index }));
}

async function hashOf(strategy: Strategy, parameters: Record<string, unknown>): Promise<string> {
  let content: unknown;
  try {
    content = contentOf(await runStrategy(strategy, parameters, noMarket));
  } catch (error) {
    content = String(error);
  }
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Texts may be edited; numbers and days may not. */
function contentOf({ result: { conventions: _conventions, ...result }, series }: StrategyRun): unknown {
  return { result, series };
}
