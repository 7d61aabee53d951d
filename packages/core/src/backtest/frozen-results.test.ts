import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { boldAssetAllocation, movingAverageCrossover } from "../strategies/index.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { noMarket } from "../testing/prices.ts";
import { runStrategy, type StrategyRun } from "./run-strategy.ts";

/*
 * SHA-256 of the results and series of many runs on the synthetic market, frozen from the first, plain implementation. They
 * cover the fields that results had then; later fields are not part of the hash. `UPDATE_FROZEN=1` writes them anew.
 */
const file = new URL("../testing/frozen-results.json", import.meta.url);
const frozen = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;

const fields = {
  result: "strategy variant portfolio position trades final_value return metrics period fill cost_bps data",
  metrics:
    "cagr volatility volatility_monthly sharpe sharpe_monthly sortino sortino_monthly max_drawdown max_drawdown_monthly " +
    "turnover trades exposure costs best_year worst_year monthly_returns",
  period: "start_date end_date first_day last_day trading_days years",
  portfolio: "offensive_assets weights mode canary because decided_on filled_on",
  data: "source description seed tickers first_day last_day sha256",
};

const accounts = [
  {},
  { cost_bps: 10, fill: "next_close" },
  { cost_bps: 3.5, fill: "same_close", initial_capital: 12_345.67 },
  { start_date: "2008-05-14", end_date: "2019-11-07", seed: 7 },
  { start_date: "2015-03-31", end_date: "2015-04-30", cost_bps: 25, seed: -3 },
  { start_date: "2020-06-30", end_date: "2020-06-30", seed: 12 },
];

const cases: readonly { readonly strategy: Strategy; readonly parameters: Record<string, unknown> }[] = [
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

function contentOf({ result, series }: StrategyRun): unknown {
  const { metrics, period, data, portfolio, ...rest } = pick(result, fields.result);
  return {
    strategy: rest["strategy"],
    variant: rest["variant"],
    portfolio: portfolio && pick(portfolio as object, fields.portfolio),
    ...rest,
    metrics: pick(metrics as object, fields.metrics),
    period: pick(period as object, fields.period),
    data: pick(data as object, fields.data),
    series: {
      ...pick(series, "dates equity drawdown"),
      weights: series.weights.map((decision) => pick(decision, "date weights mode canary because")),
    },
  };
}

function pick(value: object, names: string): Record<string, unknown> {
  return Object.fromEntries(names.split(" ").map((name) => [name, (value as Record<string, unknown>)[name]]));
}
