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
  const trades: Trade[] = [];
  const open = new Map<string, Position>();
  for (const { filledOn, orders, cost } of fills) {
    const moved = orders.reduce((sum, { quantity, price }) => sum + Math.abs(quantity * price), 0);
    for (const { ticker, quantity, price } of orders) {
      const value = Math.abs(quantity * price);
      const share = moved === 0 ? 0 : (cost * value) / moved;
      const position = open.get(ticker) ?? { index: trades.length, held: 0, most: 0, paid: 0, received: 0 };
      if (!open.has(ticker)) {
        open.set(ticker, position);
        trades.push({ ticker, entry: filledOn, entryPrice: price, exit: null, exitPrice: null, return: null });
      }
      if (quantity > 0) position.paid += value + share;
      else position.received += value - share;
      position.held += quantity;
      position.most = Math.max(position.most, position.held);
      // What is left of a sum of purchases and sales that cancel is rounding noise.
      if (position.held > 1e-12 * position.most) continue;
      open.delete(ticker);
      const trade = trades[position.index]!;
      const gain = position.received / position.paid - 1;
      trades[position.index] = { ...trade, exit: filledOn, exitPrice: price, return: gain };
    }
  }
  return trades;
}

/** The share of the closed trades that gained; null without one. */
export function winRate(trades: readonly Trade[]): number | null {
  const closed = trades.filter((trade) => trade.return !== null);
  return closed.length === 0 ? null : closed.filter((trade) => trade.return! > 0).length / closed.length;
}

/** Calendar days from entry to exit, the mean of the closed trades; null without one. */
export function averageHoldingDays(trades: readonly Trade[]): number | null {
  const closed = trades.filter(({ exit }) => exit !== null);
  const days = closed.reduce((sum, { entry, exit }) => sum + toDay(exit!) - toDay(entry), 0);
  return closed.length === 0 ? null : days / closed.length;
}

interface Position {
  readonly index: number;
  held: number;
  /** The largest quantity it had. */
  most: number;
  paid: number;
  received: number;
}
