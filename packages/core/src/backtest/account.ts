import { isoDays } from "../market/calendar.ts";
import type { PriceTable } from "../market/price-table.ts";
import type { FillRule } from "../strategy/fill-rule.ts";
import { type Fill, type Run, StrategyError } from "../strategy/strategy.ts";
import type { PlannedDecision } from "./decide/plan.ts";

/** History of an account from its first day to its last. */
export interface AccountHistory {
  /** Value of the account at each close, after the day's trading: one per row of the table, from the account's first row. */
  readonly equity: Float64Array;
  /** Mean over the days of the share of the equity held in assets. */
  readonly exposure: number;
  readonly traded: number;
  readonly costs: number;
  /** Number of purchases of a ticker that was not held. */
  readonly positionsOpened: number;
  readonly fills: readonly Fill[];
  readonly holdings: Run["holdings"];
  readonly cash: number;
}

export interface AccountOptions {
  /** Rows of the first and the last day. */
  readonly first: number;
  readonly last: number;
  readonly capital: number;
  readonly costBps: number;
  readonly fill: FillRule;
}

/**
 * Trades the planned decisions on an account that begins with `capital` at row `first` and is last valued at row `last`.
 *
 * A rebalance at value V trades sum |w V - held|, pays `costBps` of that and leaves w (V - cost) in each ticker. Between
 * rebalances the holdings drift. Shares are fractional and cash earns nothing.
 */
export function runAccount(
  table: PriceTable,
  planned: readonly PlannedDecision[],
  { first, last, capital, costBps, fill: fillRule }: AccountOptions,
): AccountHistory {
  const { tickers, closes } = table;
  const isAtClose = fillRule !== "next_open";
  const fillPrices = isAtClose ? closes : table.bars.map(({ open }) => open!);
  const dates = isoDays(table.days);
  const quantities = new Float64Array(tickers.length);
  const weights = new Float64Array(tickers.length);
  /** The held columns, ascending, which fixes the order of every sum. */
  let held: number[] = [];
  const equity = new Float64Array(last - first + 1);
  const fills: Fill[] = [];
  let cash = capital;
  let [invested, traded, costs, positionsOpened] = [0, 0, 0, 0];

  let row = first;
  for (const plan of planned) {
    if (plan.isHold || plan.fillRow === null) continue;
    drift(plan.fillRow);
    trade(plan);
    row += 1;
  }
  drift(last + 1);

  const holdings = held.map((column) => {
    const [quantity, price] = [quantities[column]!, closes[column]![last]!];
    return { ticker: tickers[column]!, quantity, price, value: quantity * price };
  });
  return { equity, exposure: invested / equity.length, traded, costs, positionsOpened, fills, holdings, cash };

  /** Values the account on the days before row `end`, on which nothing is traded. */
  function drift(end: number): void {
    const count = held.length;
    const prices = held.map((column) => closes[column]!);
    const shares = held.map((column) => quantities[column]!);
    for (; row < end; row += 1) {
      let assets = 0;
      for (let index = 0; index < count; index += 1) assets += shares[index]! * prices[index]![row]!;
      record(cash + assets, assets);
    }
  }

  function trade(plan: PlannedDecision): void {
    const value = cash + assetsAt(closes);
    const fill = rebalance(plan, isAtClose ? value : cash + assetsAt(fillPrices));
    if (fill.orders.length > 0) fills.push(fill);
    traded += fill.traded;
    costs += fill.cost;
    const left = isAtClose ? value - fill.cost : cash + assetsAt(closes);
    record(left, left - cash);
  }

  function record(value: number, assets: number): void {
    if (!(value > 0 && value < Infinity)) throw new StrategyError(`The account is worth ${value} on ${dates[row]}`);
    equity[row - first] = value;
    invested += assets / value;
  }

  function rebalance({ row: decisionRow, target: { columns, shares } }: PlannedDecision, value: number): Fill {
    weights.fill(0);
    let unspent = 1;
    for (let index = 0; index < columns.length; index += 1) {
      const weight = shares[index]!;
      weights[columns[index]!] = weight;
      unspent -= weight;
    }
    let moved = 0;
    for (let column = 0; column < tickers.length; column += 1) {
      if (quantities[column] === 0 && weights[column] === 0) continue;
      moved += Math.abs(weights[column]! * value - quantities[column]! * fillPriceOf(column));
    }
    const cost = (moved * costBps) / 10_000;
    const left = value - cost;
    if (left <= 0) throw new StrategyError(`Costs of ${cost} exceed the account's ${value} on ${dates[row]}`);
    const orders: Fill["orders"][number][] = [];
    held = [];
    for (let column = 0; column < tickers.length; column += 1) {
      const [before, weight] = [quantities[column]!, weights[column]!];
      // A missing open does not matter if the ticker is neither held nor bought.
      if (before === 0 && weight === 0) continue;
      const price = fillPrices[column]![row]!;
      const after = (weight * left) / price;
      quantities[column] = after;
      if (after !== 0) held.push(column);
      if (Math.abs(after - before) <= 1e-12 * before) continue;
      orders.push({ ticker: tickers[column]!, quantity: after - before, price });
      if (before === 0) positionsOpened += 1;
    }
    cash = unspent > 1e-9 ? unspent * left : 0;
    return { decidedOn: dates[decisionRow]!, filledOn: dates[row]!, value, traded: moved, cost, orders };
  }

  function assetsAt(prices: readonly Float64Array[]): number {
    let assets = 0;
    for (let index = 0; index < held.length; index += 1) {
      const column = held[index]!;
      assets += quantities[column]! * prices[column]![row]!;
    }
    return assets;
  }

  /** Of tickers that are held or bought. Only opens can lack a day. */
  function fillPriceOf(column: number): number {
    const price = fillPrices[column]![row]!;
    if (price > 0) return price;
    throw new StrategyError(`No open price of ${tickers[column]} on ${dates[row]}: fill next_open cannot trade there`);
  }
}
