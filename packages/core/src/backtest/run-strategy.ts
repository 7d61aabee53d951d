import { toIsoDay } from "../market/calendar.ts";
import { backtest } from "./backtest.ts";
import { describeHistory, historyOf } from "./plan.ts";
import { resultOf, seriesOf } from "./report.ts";
import type { Market, PriceTable } from "../market/price-table.ts";
import { type Parameters, parseParameters } from "../strategy/parameters.ts";
import type { Result, Series } from "./result.ts";
import { failureOf, type Strategy, StrategyError } from "../strategy/strategy.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";

/** What one run of a strategy produced. */
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
  onProgress: OnProgress = () => undefined,
): Promise<StrategyRun> {
  const parsed = parseParameters(strategy, rawParameters);
  if (!parsed.ok) throw new StrategyError(parsed.message);
  const { parameters } = parsed;
  onProgress(0, "prices");
  const table = await loadTable(strategy, parameters, market);
  const run = backtest(strategy, parameters, table, (fraction) => onProgress(fraction, "backtest"));
  return { result: resultOf(strategy, parameters, table, run), series: seriesOf(table, run) };
}

/**
 * The prices a run needs: the synthetic market's, or the stored ones of `market`. Throws a StrategyError when some ticker has
 * none.
 */
export async function loadTable(strategy: Strategy, parameters: Parameters, market: Market): Promise<PriceTable> {
  const tickers = universeOf(strategy, parameters);
  const table = parameters.use_real_data ? await market.load(tickers) : syntheticMarket(tickers, parameters.seed);
  ensurePresent(strategy, parameters, tickers, table);
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

function universeOf(strategy: Strategy, parameters: Parameters): string[] {
  try {
    const tickers = [...new Set(strategy.universe(parameters))];
    if (tickers.length === 0 || !tickers.every((ticker) => typeof ticker === "string" && ticker !== "")) {
      throw new TypeError("it is no list of tickers");
    }
    return tickers;
  } catch (error) {
    throw failureOf(strategy, "to name its universe", error);
  }
}

function ensurePresent(
  strategy: Strategy,
  parameters: Parameters,
  tickers: readonly string[],
  table: PriceTable,
): void {
  const missing = tickers.filter((ticker) => !table.tickers.includes(ticker));
  if (missing.length === 0) return;
  const wanted = describeHistory(historyOf(strategy, parameters));
  throw new StrategyError(
    `No prices for ${missing.join(", ")}: ${wanted} wanted, 0 days there. Import them with: npm run prices -- import FILE.csv, ` +
      `or fetch them with: npm run prices -- fetch ${missing.join(" ")}`,
  );
}
