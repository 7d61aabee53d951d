import { type CalendarMonth, calendarMonths, monthEnds, toIsoDay } from "../calendar.ts";
import type { PriceTable } from "../market.ts";
import type { Parameters } from "../parameters.ts";
import type { DatedDecision, Strategy } from "../strategy.ts";
import { type AccountHistory, runAccount } from "./account.ts";
import { type PlannedDecision, planDecisions } from "./decisions.ts";
import { periodOf } from "./period.ts";

/** A strategy's decisions on one table of prices, and the account that followed them. */
export interface Backtest {
  /** The rows of the table on which the account begins and ends. */
  readonly first: number;
  readonly last: number;
  /** The calendar months of all rows of the table. */
  readonly months: readonly CalendarMonth[];
  readonly decisions: readonly DatedDecision[];
  readonly account: AccountHistory;
}

/**
 * Runs a strategy over a table that holds its whole universe. The account of a month-end strategy begins with its first fill,
 * that of a daily one with the first day of the period. Throws a StrategyError when there is nothing to decide, the strategy
 * fails or the account is ruined.
 */
export function backtest(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  onProgress: (fraction: number) => void = () => undefined,
): Backtest {
  const period = periodOf(table, parameters);
  const months = calendarMonths(table.days);
  const planned = planDecisions(strategy, parameters, table, period, monthEnds(months), onProgress);
  const [first, last] = [
    strategy.schedule === "daily" ? period.first : (planned[0]!.fillRow ?? period.last),
    period.last,
  ];
  const account = runAccount(table, planned, {
    first,
    last,
    capital: parameters.initial_capital,
    costBps: parameters.cost_bps,
  });
  return { first, last, months, decisions: planned.map((plan) => dated(plan, table)), account };
}

function dated({ row, fillRow, decision }: PlannedDecision, table: PriceTable): DatedDecision {
  return {
    decidedOn: toIsoDay(table.days[row]!),
    filledOn: fillRow === null ? null : toIsoDay(table.days[fillRow]!),
    weights: decision.weights,
    mode: decision.mode ?? null,
    canary: decision.canary ?? null,
    because: decision.because,
  };
}
