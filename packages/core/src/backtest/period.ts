import { countUpTo, toDay, toIsoDay } from "../market/calendar.ts";
import type { PriceTable } from "../market/price-table.ts";
import type { CommonParameters } from "../strategy/parameters.ts";
import { StrategyError } from "../strategy/strategy.ts";

/** The rows of the price table on which the account may trade and is valued, both included. */
export interface Period {
  readonly first: number;
  readonly last: number;
}

/**
 * The rows from `start_date` to `end_date` on which every ticker has a price. Throws a StrategyError with the available range
 * when there are none.
 */
export function periodOf(table: PriceTable, parameters: CommonParameters): Period {
  const { start_date: start, end_date: end } = parameters;
  const youngest = table.firstRows.indexOf(Math.max(...table.firstRows));
  const shortest = table.lastRows.indexOf(Math.min(...table.lastRows));
  const dataFirst = table.firstRows[youngest]!;
  const dataLast = table.lastRows[shortest]!;
  const begins = `${table.tickers[youngest]} begins on ${isoDay(table, dataFirst)}`;
  const ends = `${table.tickers[shortest]} ends on ${isoDay(table, dataLast)}`;
  if (dataFirst > dataLast) throw new StrategyError(`No day has prices of all tickers: ${begins}, ${ends}`);

  const first = start === undefined ? dataFirst : Math.max(dataFirst, countUpTo(table.days, toDay(start) - 1));
  const last = end === undefined ? dataLast : Math.min(dataLast, countUpTo(table.days, toDay(end)) - 1);
  if (first > dataLast) throw new StrategyError(`start_date ${start} is after the end of the prices: ${ends}`);
  if (last < dataFirst) throw new StrategyError(`end_date ${end} is before the start of the prices: ${begins}`);
  if (first > last) throw new StrategyError(`No trading day from start_date ${start} to end_date ${end}`);
  return { first, last };
}

function isoDay(table: PriceTable, row: number): string {
  return toIsoDay(table.days[row]!);
}
