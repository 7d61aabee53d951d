import type { Weights } from "../../strategy/allocation.ts";
import { type CalendarMonth, monthEnds, toIsoDay, weekEnds } from "../../market/calendar.ts";
import type { PriceTable } from "../../market/price-table.ts";
import { describeHistory, type History } from "../../strategy/history.ts";
import type { Parameters } from "../../strategy/parameters.ts";
import type { Schedule } from "../../strategy/schedule.ts";
import { failureOf, type Strategy, StrategyError } from "../../strategy/strategy.ts";
import { ensureAtOnce } from "./at-once.ts";
import { type Answer, checkDecision, type CheckedDecision, type Target } from "./check-decision.ts";
import { decisionRows } from "./decision-rows.ts";
import type { KnownDecisions } from "./known-decisions.ts";
import { modelAccount } from "./model-account.ts";
import { historyOf, scheduleOf } from "./needs.ts";
import type { Period } from "../period.ts";
import { columnsOf, movingView } from "./view.ts";

/** A decision with the rows of its close and its fill. `fillRow` is null when the fill would be after the period. */
export interface PlannedDecision {
  readonly row: number;
  readonly fillRow: number | null;
  readonly decision: CheckedDecision;
  /** The weights of the decision by column. */
  readonly target: Target;
  /** Whether it keeps the holdings. Then it has no fill, and its weights are those of the decision it keeps. */
  readonly isHold: boolean;
}

/**
 * Makes the decisions of the period, oldest first, at least one, on the rows of the strategy's schedule. A decision belongs to
 * the period when its fill does; only the last one may lack a fill. Decisions are looked up in `known`, by row, and added to it
 * unless they depend on earlier ones. A daily strategy keeps only decisions that change the weights.
 * Throws a StrategyError when there are none or the strategy fails.
 */
export function planDecisions(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  period: Period,
  months: readonly CalendarMonth[],
  known: KnownDecisions,
  onProgress: (fraction: number) => void,
): PlannedDecision[] {
  const schedule = scheduleOf(strategy, parameters);
  const history = historyOf(strategy, parameters);
  const monthEndRows = monthEnds(months);
  const columns = columnsOf(table);
  const account = modelAccount(table);
  const moving = movingView(table, monthEndRows, history, account);
  const delay = parameters.fill === "same_close" ? 0 : 1;
  const planned: PlannedDecision[] = [];
  const isDaily = schedule === "daily";
  let state = strategy.initial === null ? undefined : initialState(strategy, parameters);
  let decidable = 0;

  const visit = (row: number): void => {
    if (row + delay < period.first || row > period.last || row < 0) return;
    decidable += 1;
    if (!moving.hasHistory(row)) return;
    onProgress(Math.max(0, row - period.first) / (period.last - period.first + 1));
    const answer = known.get(row) ?? decide(row);
    const previous = planned.at(-1);
    if (answer.isHold) {
      // Nothing is held before the first decision: a `hold` then stays in cash.
      const kept = previous ?? { decision: { weights: {} }, target: { columns: [], shares: [] } };
      const decision = { ...answer.decision, weights: kept.decision.weights };
      if (previous === undefined) add(row, decision, kept.target);
      else if (!isDaily) planned.push({ row, fillRow: null, decision, target: kept.target, isHold: true });
      return;
    }
    if (isDaily && previous !== undefined && isSame(previous.decision.weights, answer.decision.weights)) return;
    add(row, answer.decision, answer.target);
  };

  const add = (row: number, decision: CheckedDecision, target: Target): void => {
    planned.push({ row, fillRow: row + delay <= period.last ? row + delay : null, decision, target, isHold: false });
    account.rebalance(row, decision.weights);
  };

  const decide = (row: number): Answer => {
    moving.moveTo(row);
    try {
      const decision = strategy.decide(moving.view, parameters, state);
      const answer = checkDecision(decision, columns);
      if (strategy.initial !== null && decision.state !== undefined) state = frozen(decision.state);
      if (!isDaily && strategy.initial === null && !moving.lookedBack()) known.set(row, remembered(answer));
      return answer;
    } catch (error) {
      throw failureOf(strategy, `on ${moving.view.day}`, error);
    }
  };

  if (isDaily) {
    const rows = decisionRows(strategy, parameters, table, Math.max(0, period.first - delay), period.last);
    if (rows === null) for (let row = period.first - delay; row <= period.last; row += 1) visit(row);
    else rows.forEach(visit);
  } else if (schedule === "week-end") weekEnds(table.days, table.nextSession).forEach(visit);
  else {
    for (const { month, lastRow, hasEnded } of months) {
      if (hasEnded && (planned.length === 0 || isDue(schedule, month))) visit(lastRow);
    }
  }
  if (planned.length > 0) return planned;
  if (decidable > 0 || !moving.hasHistory(period.last)) throw tooShort(history, table, monthEndRows, period.last);
  const [from, to] = [toIsoDay(table.days[period.first]!), toIsoDay(table.days[period.last]!)];
  throw new StrategyError(
    `No ${schedule === "week-end" ? "week" : "month"} ends from ${from} to ${to}: nothing to decide`,
  );
}

/** Whether a decision is due at the end of a month, 0 being January, after the first one. */
function isDue(schedule: Schedule, month: number): boolean {
  if (schedule === "once") return false;
  if (schedule === "year-end") return month === 11;
  return schedule === "month-end" || month % 3 === 2;
}

function initialState(strategy: Strategy, parameters: Parameters): unknown {
  try {
    const state = strategy.initial!(parameters);
    ensureAtOnce(state, "initial");
    return frozen(state);
  } catch (error) {
    throw failureOf(strategy, "to say its first state", error);
  }
}

/** Frozen, because other runs get the same object. */
function remembered(answer: Answer): Answer {
  const { weights, canary, scores } = Object.freeze(answer.decision);
  for (const values of [weights, canary, scores]) if (values !== undefined) Object.freeze(values);
  return answer;
}

/** Frozen: a state that is mutated would make decisions depend on which earlier ones were computed. */
function frozen(state: unknown): unknown {
  return typeof state === "object" && state !== null && !ArrayBuffer.isView(state) ? Object.freeze(state) : state;
}

function isSame(a: Weights, b: Weights): boolean {
  const tickers = Object.keys(a);
  return tickers.length === Object.keys(b).length && tickers.every((ticker) => a[ticker] === b[ticker]);
}

function tooShort(
  history: History,
  table: PriceTable,
  monthEndRows: readonly number[],
  lastRow: number,
): StrategyError {
  for (const { name, knownOn } of table.series) {
    const wanted = history.series?.[name] ?? 0;
    const there = knownOn.filter((day) => day <= table.days[lastRow]!).length;
    if (there >= wanted) continue;
    return new StrategyError(
      `History of ${name} is too short: ${wanted} values wanted, ${there} known on ${toIsoDay(table.days[lastRow]!)}`,
    );
  }
  const firstRow = Math.max(...table.firstRows);
  const ticker = table.tickers[table.firstRows.indexOf(firstRow)]!;
  const days = lastRow - firstRow + 1;
  const range = `from ${toIsoDay(table.days[firstRow]!)} to ${toIsoDay(table.days[lastRow]!)}`;
  if (history.months === undefined) {
    return new StrategyError(
      `History of ${ticker} is too short: ${describeHistory(history)} wanted, ${days} days there, ${range}`,
    );
  }
  const there = monthEndRows.filter((row) => row >= firstRow && row <= lastRow).length;
  return new StrategyError(
    `History of ${ticker} is too short: ${describeHistory(history)} wanted, ` +
      `${there} month-${there === 1 ? "end" : "ends"} (${days} days) there, ${range}`,
  );
}
