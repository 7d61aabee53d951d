import { ensureAtOnce } from "./at-once.ts";
import { barColumns } from "../../market/bars.ts";
import type { Extras } from "../../market/price-table.ts";
import type { History } from "../../strategy/history.ts";
import type { Parameters } from "../../strategy/parameters.ts";
import { type Schedule, schedules } from "../../strategy/schedule.ts";
import { failureOf, type Strategy } from "../../strategy/strategy.ts";

/** Every ticker that a strategy reads or holds, each once. Throws a StrategyError when it names none. */
export function universeOf(strategy: Strategy, parameters: Parameters): string[] {
  try {
    const named = strategy.universe(parameters);
    ensureAtOnce(named, "universe");
    const tickers = [...new Set(named)];
    if (tickers.length === 0 || !tickers.every((ticker) => typeof ticker === "string" && ticker !== "")) {
      throw new TypeError("it is not a list of tickers");
    }
    return tickers;
  } catch (error) {
    throw failureOf(strategy, "to name its universe", error);
  }
}

/** The history a strategy needs before it can decide. Throws a StrategyError when that cannot be. */
export function historyOf(strategy: Strategy, parameters: Parameters): History {
  try {
    const history = strategy.history(parameters);
    ensureAtOnce(history, "history");
    const { months, days, bars = [], series = {} } = history;
    ensure(months !== undefined || days !== undefined, "it names neither months nor days");
    ensure(months === undefined || isCount(months, 0), `${months} is not a whole number of days or months`);
    ensure(days === undefined || isCount(days, 1), `${days} is not a whole number of days or months`);
    ensure(bars.length === 0 || days !== undefined, "bars need a number of days");
    for (const column of bars) ensure(barColumns.includes(column), `bars have no column ${column}`);
    for (const name of Object.keys(series)) ensure(isCount(series[name]!, 1), `${name}: no whole number of values`);
    return { ...(months !== undefined && { months }), ...(days !== undefined && { days }), bars, series };
  } catch (error) {
    throw failureOf(strategy, "to say what history it needs", error);
  }
}

/** The schedule of a strategy. Throws a StrategyError when it returns none. */
export function scheduleOf(strategy: Strategy, parameters: Parameters): Schedule {
  try {
    const schedule = strategy.schedule(parameters);
    ensureAtOnce(schedule, "schedule");
    ensure(schedules.includes(schedule), `${String(schedule)} is not one of ${schedules.join(", ")}`);
    return schedule;
  } catch (error) {
    throw failureOf(strategy, "to say its schedule", error);
  }
}

/** The data a run needs besides closes: what the strategy declares, and open prices to trade at. Undefined if none. */
export function extrasOf(strategy: Strategy, parameters: Parameters): Extras | undefined {
  const { bars = [], series = {} } = historyOf(strategy, parameters);
  const isOpenTraded = parameters.fill === "next_open";
  const columns = barColumns.filter((column) => bars.includes(column) || (isOpenTraded && column === "open"));
  const names = Object.keys(series).toSorted();
  return columns.length === 0 && names.length === 0 ? undefined : { bars: columns, series: names };
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function ensure(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(message);
}
