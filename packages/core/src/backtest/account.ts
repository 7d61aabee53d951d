import { toIsoDay } from "../market/calendar.ts";
import type { PriceTable } from "../market/price-table.ts";
import type { FillRule } from "../strategy/fill-rule.ts";
import { type Fill, type Run, StrategyError } from "../strategy/strategy.ts";
import type { PlannedDecision } from "./plan.ts";

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
  const fillPrices = fillRule === "next_open" ? table.bars.map(({ open }) => open!) : closes;
  const trades = planned.filter(({ isHold }) => !isHold);
  const quantities = new Float64Array(tickers.length);
  const equity = new Float64Array(last - first + 1);
  const fills: Fill[] = [];
  let cash = capital;
  let [invested, traded, costs, positionsOpened, next] = [0, 0, 0, 0, 0];

  for (let row = first; row <= last; row += 1) {
    let assets = 0;
    for (let column = 0; column < quantities.length; column += 1) {
      if (quantities[column] !== 0) assets += quantities[column]! * closes[column]![row]!;
    }
    let value = cash + assets;
    const plan = trades[next];
    if (plan?.fillRow === row) {
      const isAtClose = fillPrices === closes;
      const fill = rebalance(row, plan, isAtClose ? value : cash + assetsAt(fillPrices, row));
      if (fill.orders.length > 0) fills.push(fill);
      traded += fill.traded;
      costs += fill.cost;
      next += 1;
      value = isAtClose ? value - fill.cost : cash + assetsAt(closes, row);
      assets = value - cash;
    }
    if (!(value > 0 && value < Infinity)) throw new StrategyError(`The account is worth ${value} on ${isoDay(row)}`);
    equity[row - first] = value;
    invested += assets / value;
  }

  const holdings = tickers.flatMap((ticker, column) => {
    const [quantity, price] = [quantities[column]!, closes[column]![last]!];
    return quantity === 0 ? [] : [{ ticker, quantity, price, value: quantity * price }];
  });
  return { equity, exposure: invested / equity.length, traded, costs, positionsOpened, fills, holdings, cash };

  function rebalance(row: number, { row: decisionRow, decision }: PlannedDecision, value: number): Fill {
    const weights = new Map(Object.entries(decision.weights));
    const weightOf = (ticker: string): number => weights.get(ticker) ?? 0;
    let moved = 0;
    tickers.forEach((ticker, column) => {
      if (quantities[column] === 0 && weightOf(ticker) === 0) return;
      moved += Math.abs(weightOf(ticker) * value - quantities[column]! * fillPriceOf(column, row));
    });
    const cost = (moved * costBps) / 10_000;
    const left = value - cost;
    if (left <= 0) throw new StrategyError(`Costs of ${cost} exceed the account's ${value} on ${isoDay(row)}`);
    const orders: Fill["orders"][number][] = [];
    tickers.forEach((ticker, column) => {
      const before = quantities[column]!;
      const weight = weightOf(ticker);
      // An open that is not known does not matter where nothing is held or bought.
      if (before === 0 && weight === 0) return;
      const price = fillPrices[column]![row]!;
      const after = (weight * left) / price;
      quantities[column] = after;
      if (Math.abs(after - before) <= 1e-12 * before) return;
      orders.push({ ticker, quantity: after - before, price });
      if (before === 0) positionsOpened += 1;
    });
    const unspent = [...weights.values()].reduce((rest, weight) => rest - weight, 1);
    cash = unspent > 1e-9 ? unspent * left : 0;
    return { decidedOn: isoDay(decisionRow), filledOn: isoDay(row), value, traded: moved, cost, orders };
  }

  function assetsAt(prices: readonly Float64Array[], row: number): number {
    let assets = 0;
    for (let column = 0; column < quantities.length; column += 1) {
      if (quantities[column] !== 0) assets += quantities[column]! * prices[column]![row]!;
    }
    return assets;
  }

  /** Of tickers that are held or bought. Only opens can lack a day. */
  function fillPriceOf(column: number, row: number): number {
    const price = fillPrices[column]![row]!;
    if (price > 0) return price;
    throw new StrategyError(`No open price of ${tickers[column]} on ${isoDay(row)}: fill next_open cannot trade there`);
  }

  function isoDay(row: number): string {
    return toIsoDay(table.days[row]!);
  }
}
