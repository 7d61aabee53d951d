import { type CalendarMonth, calendarMonths, isoDays } from "../market/calendar.ts";
import type { PriceTable } from "../market/price-table.ts";
import type { Parameters } from "../strategy/parameters.ts";
import type { DatedDecision } from "../strategy/decision.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { type AccountHistory, runAccount } from "./account.ts";
import { knownDecisions } from "./decide/known-decisions.ts";
import { type PlannedDecision, planDecisions } from "./decide/plan.ts";
import { scheduleOf } from "./decide/needs.ts";
import { periodOf } from "./period.ts";
import { type Trade, tradesOf } from "./trades.ts";

/** A strategy's decisions on a price table, and the account that traded them. */
export interface Backtest {
  /** First and last row of the account. */
  readonly first: number;
  readonly last: number;
  /** The calendar months of all rows of the table. */
  readonly months: readonly CalendarMonth[];
  readonly decisions: readonly DatedDecision[];
  readonly account: AccountHistory;
  readonly trades: readonly Trade[];
}

/** The first and last row of an account, and the decisions it trades. */
export interface Plan {
  readonly first: number;
  readonly last: number;
  readonly months: readonly CalendarMonth[];
  readonly planned: readonly PlannedDecision[];
}

/**
 * Decides without trading. Runs on the same table that differ in the common parameters only share their decisions. The account
 * of a month-end strategy begins with its first fill, that of a daily one with the first day of the period. Throws a StrategyError when there is nothing to decide or the strategy fails.
 */
export function plan(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  onProgress: (fraction: number) => void = () => undefined,
): Plan {
  const period = periodOf(table, parameters);
  const months = calendarMonths(table.days, table.nextSession);
  const known = knownDecisions(strategy, parameters, table);
  const planned = planDecisions(strategy, parameters, table, period, months, known, onProgress);
  const first = scheduleOf(strategy, parameters) === "daily" ? period.first : (planned[0]!.fillRow ?? period.last);
  return { first, last: period.last, months, planned };
}

/**
 * Runs a strategy over a table that holds its whole universe. Throws a StrategyError when there is nothing to
 * decide, the strategy fails or the account is ruined.
 */
export function backtest(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  onProgress: (fraction: number) => void = () => undefined,
): Backtest {
  const { first, last, months, planned } = plan(strategy, parameters, table, onProgress);
  const account = runAccount(table, planned, {
    first,
    last,
    capital: parameters.initial_capital,
    costBps: parameters.cost_bps,
    fill: parameters.fill,
  });
  const decisions = planned.map((decision) => dated(decision, table));
  return { first, last, months, decisions, account, trades: tradesOf(account.fills) };
}

function dated({ row, fillRow, decision, isHold }: PlannedDecision, table: PriceTable): DatedDecision {
  return {
    decidedOn: isoDays(table.days)[row]!,
    filledOn: fillRow === null ? null : isoDays(table.days)[fillRow]!,
    weights: decision.weights,
    hold: isHold,
    mode: decision.mode ?? null,
    canary: decision.canary ?? null,
    scores: decision.scores ?? null,
    because: decision.because,
  };
}
