import type { BenchmarkBlock } from "../analysis/analysis-schema.ts";
import { benchmarkCurve, BenchmarkRangeError, compareWith } from "../analysis/benchmark.ts";
import type { Market, PriceTable } from "../market/price-table.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import type { Parameters } from "../strategy/parameters.ts";
import { StrategyError } from "../strategy/strategy.ts";
import type { Backtest } from "./backtest.ts";

/**
 * The prices of the ticker that the parameter `benchmark` names, apart from those of the universe: trading days and data hash
 * do not depend on it. Null without one. Throws a StrategyError when it has no prices.
 */
export async function loadBenchmark(parameters: Parameters, market: Market): Promise<PriceTable | null> {
  const { benchmark: ticker, use_real_data: isReal, seed } = parameters;
  if (ticker === undefined) return null;
  const table = isReal ? await market.load([ticker]) : syntheticMarket([ticker], seed);
  if (table.tickers.length > 0) return table;
  throw new StrategyError(`No prices for the benchmark ${ticker}. Import them with: npm run prices -- import FILE.csv`);
}

/** The account held against its benchmark. Throws a StrategyError when the benchmark does not cover the account's days. */
export function compareWithBenchmark(
  parameters: Parameters,
  { days }: PriceTable,
  { first, last, months, account }: Backtest,
  benchmark: PriceTable,
): BenchmarkBlock {
  const [from, to] = [benchmark.firstRows[0]!, benchmark.lastRows[0]! + 1];
  const capital = parameters.initial_capital;
  const curve = { days: days.subarray(first, last + 1), values: account.equity, capital, months, firstRow: first };
  const name = benchmark.tickers[0]!;
  try {
    const prices = { name, days: benchmark.days.subarray(from, to), values: benchmark.closes[0]!.subarray(from, to) };
    return compareWith(curve, name, benchmarkCurve(curve, prices), parameters.risk_free ?? 0);
  } catch (error) {
    if (error instanceof BenchmarkRangeError) throw new StrategyError(`The benchmark ${error.message}`);
    throw error;
  }
}
