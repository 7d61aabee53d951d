import type { Weights } from "../strategy/allocation.ts";
import { toIsoDay } from "../market/calendar.ts";
import type { PriceTable } from "../market/price-table.ts";
import type { Parameters } from "../strategy/parameters.ts";
import { type Decision, failureOf, type History, type Strategy, StrategyError } from "../strategy/strategy.ts";
import type { Period } from "./period.ts";
import { type MovingView, movingView } from "./view.ts";

/** A decision with the rows of its close and its fill. `fillRow` is null when the fill would be after the period. */
export interface PlannedDecision {
  readonly row: number;
  readonly fillRow: number | null;
  readonly decision: Decision;
}

/**
 * Makes the decisions of the period, oldest first, at least one. A month-end strategy decides on `monthEndRows`, a daily one on
 * every row. A decision belongs to the period when its fill does; only the last one may lack a fill. Month-end decisions are
 * looked up in `known`, by row, and added to it. Of a daily strategy's decisions only those that change the weights are kept.
 * Throws a StrategyError when there are none or the strategy fails.
 */
export function planDecisions(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  period: Period,
  monthEndRows: readonly number[],
  known: Map<number, Decision>,
  onProgress: (fraction: number) => void,
): PlannedDecision[] {
  const history = historyOf(strategy, parameters);
  const moving = movingView(table, monthEndRows, history);
  const delay = parameters.fill === "next_close" ? 1 : 0;
  const planned: PlannedDecision[] = [];
  let decidable = 0;

  const visit = (row: number): void => {
    if (row + delay < period.first || row > period.last || row < 0) return;
    decidable += 1;
    if (!moving.hasHistory(row)) return;
    onProgress(Math.max(0, row - period.first) / (period.last - period.first + 1));
    const decision = known.get(row) ?? decide(strategy, parameters, moving, table, row);
    if (strategy.schedule === "month-end") known.set(row, decision);
    const previous = planned.at(-1)?.decision.weights;
    if (strategy.schedule === "daily" && previous !== undefined && isSame(previous, decision.weights)) return;
    planned.push({ row, fillRow: row + delay <= period.last ? row + delay : null, decision });
  };
  if (strategy.schedule === "month-end") monthEndRows.forEach(visit);
  else for (let row = period.first - delay; row <= period.last; row += 1) visit(row);
  if (planned.length > 0) return planned;
  if (decidable > 0 || !moving.hasHistory(period.last)) throw tooShort(history, table, monthEndRows, period.last);
  throw new StrategyError(
    `No month ends from ${toIsoDay(table.days[period.first]!)} to ${toIsoDay(table.days[period.last]!)}: nothing to decide`,
  );
}

function decide(
  strategy: Strategy,
  parameters: Parameters,
  { view, moveTo }: MovingView,
  table: PriceTable,
  row: number,
): Decision {
  moveTo(row);
  try {
    return checked(strategy.decide(view, parameters), table.tickers);
  } catch (error) {
    throw failureOf(strategy, `on ${view.day}`, error);
  }
}

/** Returns the decision without zero weights. Throws a TypeError for a decision that cannot be traded. */
function checked(decision: Decision, universe: readonly string[]): Decision {
  const { because, mode, canary = {}, weights } = decision;
  ensure(typeof because === "string", "because must be a text");
  ensure(mode === undefined || typeof mode === "string", "mode must be a text");
  for (const ticker of Object.keys(canary)) {
    ensure(Number.isFinite(canary[ticker]), `the canary value of ${ticker} is not a number`);
  }
  let sum = 0;
  for (const ticker of Object.keys(weights)) {
    ensure(universe.includes(ticker), `${ticker} is not in the universe`);
    ensure(weights[ticker]! >= 0, `the weight of ${ticker} is not a number from 0 to 1`);
    sum += weights[ticker]!;
  }
  ensure(sum <= 1 + 1e-9, "the weights add up to more than 1");
  const isTidy = Object.values(weights).every((weight) => weight > 0);
  return isTidy
    ? decision
    : { ...decision, weights: Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)) };
}

function isSame(a: Weights, b: Weights): boolean {
  const tickers = Object.keys(a);
  return tickers.length === Object.keys(b).length && tickers.every((ticker) => a[ticker] === b[ticker]);
}

/** The history that a strategy needs before it can decide. Throws a StrategyError for an invalid one. */
export function historyOf(strategy: Strategy, parameters: Parameters): History {
  try {
    const history = strategy.history(parameters);
    const [length, least] = "days" in history ? [history.days, 1] : [history.months, 0];
    ensure(Number.isSafeInteger(length) && length >= least, `${length} is no whole number of days or months`);
    return history;
  } catch (error) {
    throw failureOf(strategy, "to say what history it needs", error);
  }
}

/** A history in words; a month has about 21 trading days. */
export function describeHistory(history: History): string {
  if ("days" in history) return `${history.days} ${history.days === 1 ? "day" : "days"}`;
  return `${history.months + 1} ${history.months === 0 ? "month-end" : "month-ends"} (about ${(history.months + 1) * 21} days)`;
}

function tooShort(
  history: History,
  table: PriceTable,
  monthEndRows: readonly number[],
  lastRow: number,
): StrategyError {
  const firstRow = Math.max(...table.firstRows);
  const ticker = table.tickers[table.firstRows.indexOf(firstRow)]!;
  const days = lastRow - firstRow + 1;
  const range = `from ${toIsoDay(table.days[firstRow]!)} to ${toIsoDay(table.days[lastRow]!)}`;
  if ("days" in history) {
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

function ensure(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(message);
}
