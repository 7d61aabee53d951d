import { nextWeekday, toIsoDay } from "../market/calendar.ts";
import { fingerprint, type PriceTable } from "../market/price-table.ts";
import {
  cagr,
  calmar,
  fallFigures,
  growthFigures,
  maxDrawdown,
  monthEndEquity,
  monthlyReturns,
  turnover,
  wholeYearReturns,
} from "./performance.ts";
import type { Parameters } from "../strategy/parameters.ts";
import { ensureAtOnce } from "./decide/at-once.ts";
import type { BenchmarkBlock } from "../analysis/analysis-schema.ts";
import { isPlainJson } from "./plain-json.ts";
import { conventionsOf, type Result } from "./result.ts";
import type { SeriesColumns } from "./series/series-columns.ts";
import { failureOf, type Strategy } from "../strategy/strategy.ts";
import type { Backtest } from "./backtest.ts";
import { averageHoldingDays, type Trade, winRate } from "./trades.ts";

const daysPerYear = 365.25;

/** The result of a backtest: the strategy's own part between its name and the figures common to all. */
export function resultOf(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  run: Backtest,
  benchmark: BenchmarkBlock | null,
): Result {
  const { account, decisions, last } = run;
  const { fills, holdings, cash } = account;
  const final = account.equity.at(-1)!;
  // The first field; a strategy cannot override it.
  const name = { strategy: strategy.name };
  return {
    ...name,
    ...ownPart(strategy, () => strategy.report({ decisions, fills, holdings, cash }, parameters)),
    ...name,
    final_value: final,
    return: final / parameters.initial_capital - 1,
    metrics: metricsOf(parameters, table, run),
    ...(benchmark !== null && { benchmark }),
    period: periodOf(parameters, table, run),
    fill: parameters.fill,
    cost_bps: parameters.cost_bps,
    data: dataOf(table, last),
    conventions: [...conventionsOf(isLastMonthByExchange(table))],
  };
}

/** The long arrays of a backtest. `result`: its result, whose own trades are not repeated. */
export function seriesOf(
  table: PriceTable,
  { first, last, account, decisions, trades }: Backtest,
  result: Result,
): SeriesColumns {
  return {
    days: table.days.subarray(first, last + 1),
    equity: account.equity,
    decisions: decisions.map(({ decidedOn, weights, hold, mode, canary, scores, because }) => {
      return { date: decidedOn, weights, hold, mode, canary, scores, because };
    }),
    trades: result.trades === undefined ? trades.map(toSeriesTrade) : [],
  };
}

/** Whether the exchange's sessions and plain weekdays disagree about the end of the last stored month. Only then do results mention it. */
function isLastMonthByExchange({ days, nextSession }: PriceTable): boolean {
  const lastDay = days.at(-1)!;
  const month = (day: number) => toIsoDay(day).slice(0, 7);
  return (month(nextSession) === month(lastDay)) !== (month(nextWeekday(lastDay, 1)) === month(lastDay));
}

function toSeriesTrade({ ticker, entry, entryPrice, exit, exitPrice, return: gain }: Trade) {
  return { ticker, entry, entry_price: entryPrice, exit, exit_price: exitPrice, return: gain };
}

/** Results cross threads and are stored as JSON, so a strategy's part is normalized to JSON. */
function ownPart(strategy: Strategy, report: () => unknown): Record<string, unknown> {
  try {
    const reported = report();
    ensureAtOnce(reported, "report");
    const own: unknown = isPlainJson(reported) ? reported : JSON.parse(JSON.stringify(reported));
    if (typeof own !== "object" || own === null) throw new TypeError("not an object");
    return { ...own };
  } catch (error) {
    throw failureOf(strategy, "to report", error);
  }
}

function metricsOf(
  parameters: Parameters,
  table: PriceTable,
  { first, last, months, account, trades }: Backtest,
): Result["metrics"] {
  const { equity } = account;
  const { days } = table;
  const calendarDays = days[last]! - days[first]!;
  const monthEnds = monthEndEquity(months, equity, first);
  const daily = growthFigures(equity, 252);
  const monthly = growthFigures(monthEnds, 12);
  const falls = fallFigures(equity, days.subarray(first, last + 1));
  const years = wholeYearReturns(months, equity, first, parameters.initial_capital).toSorted(
    (a, b) => a.return - b.return,
  );
  const growth = cagr(parameters.initial_capital, equity.at(-1)!, calendarDays);
  return {
    cagr: growth,
    volatility: daily.volatility,
    volatility_monthly: monthly.volatility,
    sharpe: daily.sharpe,
    sharpe_monthly: monthly.sharpe,
    sortino: daily.sortino,
    sortino_monthly: monthly.sortino,
    max_drawdown: falls.deepest,
    max_drawdown_monthly: maxDrawdown(monthEnds),
    calmar: calmar(growth, falls.deepest),
    ulcer_index: falls.ulcerIndex,
    longest_drawdown_days: falls.longestDays,
    win_rate: winRate(trades),
    average_holding_days: averageHoldingDays(trades),
    turnover: turnover(account.traded, equity, calendarDays),
    trades: account.positionsOpened,
    exposure: account.exposure,
    costs: account.costs,
    best_year: years.at(-1) ?? null,
    worst_year: years[0] ?? null,
    monthly_returns: monthlyReturns(months, equity, first, parameters.initial_capital),
  };
}

function periodOf(parameters: Parameters, { days }: PriceTable, { first, last }: Backtest): Result["period"] {
  return {
    start_date: parameters.start_date ?? null,
    end_date: parameters.end_date ?? null,
    first_day: toIsoDay(days[first]!),
    last_day: toIsoDay(days[last]!),
    trading_days: last - first + 1,
    years: (days[last]! - days[first]!) / daysPerYear,
  };
}

function seriesUsed({ days, series }: PriceTable, last: number): NonNullable<Result["data"]["series"]> {
  return Object.fromEntries(
    series.map(({ name, days: own, knownOn }) => {
      const known = own.filter((_, index) => knownOn[index]! <= days[last]!);
      return [name, { first_day: toIsoDay(known[0]!), last_day: toIsoDay(known.at(-1)!), values: known.length }];
    }),
  );
}

function dataOf(table: PriceTable, last: number): Result["data"] {
  const { days, source } = table;
  const day = (row: number): string => toIsoDay(days[row]!);
  return {
    source: source.kind,
    description:
      source.kind === "synthetic"
        ? "Synthetic market computed from the seed. These are not real prices."
        : "Adjusted closes from the database.",
    seed: source.kind === "synthetic" ? source.seed : null,
    tickers: Object.fromEntries(
      table.tickers.map((ticker, column) => [
        ticker,
        {
          first_day: day(table.firstRows[column]!),
          origin: source.kind === "stored" ? (source.origins[ticker] ?? null) : null,
        },
      ]),
    ),
    ...(table.series.length > 0 && { series: seriesUsed(table, last) }),
    first_day: day(0),
    last_day: day(last),
    sha256: fingerprint(table, last),
    ...(source.kind === "stored" &&
      source.warnings !== undefined && {
        // Warnings about later days do not concern this run.
        warnings: source.warnings.filter((warning) => warning.day <= day(last)),
      }),
  };
}
