import { toIsoDay } from "../market/calendar.ts";
import { backtest } from "./backtest.ts";
import { compareWithBenchmark, loadBenchmark } from "./benchmark.ts";
import { extrasOf, historyOf, universeOf } from "./decide/needs.ts";
import { resultOf, seriesOf } from "./report.ts";
import type { Extras, Market, PriceTable } from "../market/price-table.ts";
import { describeHistory } from "../strategy/history.ts";
import { type Parameters, parseParameters } from "../strategy/parameters.ts";
import type { Result, Series } from "./result.ts";
import { type SeriesColumns, toSeries } from "./series/series-columns.ts";
import { type Strategy, StrategyError } from "../strategy/strategy.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";

/** The output of one run of a strategy. */
export interface StrategyRun {
  readonly result: Result;
  readonly series: Series;
}

/** Called often with the progress of a run: a fraction from 0 to 1 of the current phase. */
export type OnProgress = (fraction: number, phase: "prices" | "backtest") => void;

/**
 * Runs a strategy on the synthetic market, or on the stored prices of `market` when the parameters say so. The same input
 * gives the same bytes of JSON. Throws a StrategyError, with a message for the client, when the parameters are wrong, prices
 * are missing or too few, or the strategy fails.
 */
export async function runStrategy(
  strategy: Strategy,
  rawParameters: unknown,
  market: Market,
  onProgress?: OnProgress,
): Promise<StrategyRun> {
  const { result, series } = await runToColumns(strategy, rawParameters, market, onProgress);
  return { result, series: toSeries(series) };
}

/** Like `runStrategy`, with the series as they are stored. */
export async function runToColumns(
  strategy: Strategy,
  rawParameters: unknown,
  market: Market,
  onProgress: OnProgress = () => undefined,
): Promise<{ readonly result: Result; readonly series: SeriesColumns }> {
  const parsed = parseParameters(strategy, rawParameters);
  if (!parsed.ok) throw new StrategyError(parsed.message);
  const { parameters } = parsed;
  onProgress(0, "prices");
  const table = await loadTable(strategy, parameters, market);
  const benchmark = await loadBenchmark(parameters, market);
  const run = backtest(strategy, parameters, table, (fraction) => onProgress(fraction, "backtest"));
  const block = benchmark && compareWithBenchmark(parameters, table, run, benchmark);
  const result = resultOf(strategy, parameters, table, run, block);
  return { result, series: seriesOf(table, run, result) };
}

/**
 * The prices a run needs: the synthetic market's, or the stored ones of `market`. Throws a StrategyError when some ticker has
 * none.
 */
export async function loadTable(strategy: Strategy, parameters: Parameters, market: Market): Promise<PriceTable> {
  const tickers = universeOf(strategy, parameters);
  const extras = extrasOf(strategy, parameters);
  const table = parameters.use_real_data
    ? await market.load(tickers, extras)
    : syntheticMarket(tickers, parameters.seed, extras);
  ensurePresent(strategy, parameters, tickers, extras, table);
  if (parameters.use_real_data) ensureCurrent(parameters, table);
  return table;
}

/** @throws StrategyError that names the tickers whose prices end before the day that they must reach */
function ensureCurrent({ prices_until: wanted }: Parameters, table: PriceTable): void {
  if (wanted === undefined) return;
  const early = table.tickers.flatMap((ticker, index) => {
    const lastDay = toIsoDay(table.days[table.lastRows[index]!]!);
    return lastDay < wanted ? [`${ticker} on ${lastDay}`] : [];
  });
  if (early.length === 0) return;
  throw new StrategyError(`Prices are wanted until ${wanted}, but end earlier: ${early.join(", ")}`);
}

function ensurePresent(
  strategy: Strategy,
  parameters: Parameters,
  tickers: readonly string[],
  extras: Extras | undefined,
  table: PriceTable,
): void {
  const missing = tickers.filter((ticker) => !table.tickers.includes(ticker));
  if (missing.length > 0) {
    const wanted = describeHistory(historyOf(strategy, parameters));
    throw new StrategyError(
      `No prices for ${missing.join(", ")}: ${wanted} wanted, 0 days there. Import them with: npm run prices -- import FILE.csv, ` +
        `or fetch them with: npm run prices -- fetch ${missing.join(" ")}`,
    );
  }
  const { bars = [], series = [] } = extras ?? {};
  for (const column of bars) {
    const without = table.tickers.filter((_, index) => table.bars[index]![column] === undefined);
    if (without.length === 0) continue;
    const why =
      column === "open" && parameters.fill === "next_open"
        ? "fill next_open trades at them"
        : "the strategy looks at them";
    throw new StrategyError(
      `No ${column} of ${without.join(", ")}: ${why}. Import a file that has the column: npm run prices -- import FILE.csv`,
    );
  }
  const unknown = series.filter((name) => !table.series.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new StrategyError(
      `No data series ${unknown.join(", ")}. Import it with: npm run prices -- import FILE.csv --series ${unknown[0]}`,
    );
  }
}
