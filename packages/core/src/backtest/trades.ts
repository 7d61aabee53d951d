import { toDay } from "../market/calendar.ts";
import type { Fill } from "../strategy/strategy.ts";

/** A position from the day it was bought to the day all of it was sold, whatever was bought and sold between. */
export interface Trade {
  readonly ticker: string;
  readonly entry: string;
  readonly entryPrice: number;
  /** Null while it is open. */
  readonly exit: string | null;
  readonly exitPrice: number | null;
  /** What its sales brought over what its purchases took - 1, each with its share of the costs. Null while it is open. */
  readonly return: number | null;
}

/** The trades that the fills amount to, in the order in which they were opened. */
export function tradesOf(fills: readonly Fill[]): Trade[] {
  const trades: OpenTrade[] = [];
  const open = new Map<string, Position>();
  for (const { filledOn, orders, cost } of fills) {
    let moved = 0;
    for (const { quantity, price } of orders) moved += Math.abs(quantity * price);
    for (const { ticker, quantity, price } of orders) {
      const value = Math.abs(quantity * price);
      const share = moved === 0 ? 0 : (cost * value) / moved;
      let position = open.get(ticker);
      if (position === undefined) {
        const trade = { ticker, entry: filledOn, entryPrice: price, exit: null, exitPrice: null, return: null };
        position = { trade, held: 0, peak: 0, paid: 0, received: 0 };
        open.set(ticker, position);
        trades.push(trade);
      }
      if (quantity > 0) position.paid += value + share;
      else position.received += value - share;
      position.held += quantity;
      position.peak = Math.max(position.peak, position.held);
      // A sum of purchases and sales that cancel leaves rounding noise.
      if (position.held > 1e-12 * position.peak) continue;
      open.delete(ticker);
      position.trade.exit = filledOn;
      position.trade.exitPrice = price;
      position.trade.return = position.received / position.paid - 1;
    }
  }
  return trades;
}

/** The share of the closed trades that gained; null without one. */
export function winRate(trades: readonly Trade[]): number | null {
  let [closed, won] = [0, 0];
  for (const { return: gain } of trades) {
    if (gain !== null) closed += 1;
    if (gain !== null && gain > 0) won += 1;
  }
  return closed === 0 ? null : won / closed;
}

/** Calendar days from entry to exit, the mean of the closed trades; null without one. */
export function averageHoldingDays(trades: readonly Trade[]): number | null {
  let [closed, days] = [0, 0];
  for (const { entry, exit } of trades) {
    if (exit === null) continue;
    closed += 1;
    days += toDay(exit) - toDay(entry);
  }
  return closed === 0 ? null : days / closed;
}

type OpenTrade = { -readonly [Key in keyof Trade]: Trade[Key] };

interface Position {
  readonly trade: OpenTrade;
  held: number;
  /** The largest quantity it had. */
  peak: number;
  paid: number;
  received: number;
}
