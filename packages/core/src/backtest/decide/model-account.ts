import { toIsoDay } from "../../market/calendar.ts";
import type { PriceTable } from "../../market/price-table.ts";
import type { Weights } from "../../strategy/allocation.ts";
import type { Holding } from "../../strategy/view.ts";

/**
 * The holdings that follow when each decision is traded at the close it was made on, without costs. Strategies see these holdings, so their
 * decisions depend neither on `fill` nor on `cost_bps`.
 */
export interface ModelAccount {
  /** Trades at the close of a row, not before the row of the last call. */
  rebalance(row: number, weights: Weights): void;
  holdingsAt(row: number): Readonly<Record<string, Holding>>;
}

export function modelAccount(table: PriceTable): ModelAccount {
  let cash = 1;
  let lots: readonly Lot[] = [];
  const priceOf = ({ column }: Lot, row: number): number => table.closes[column]![row]!;
  const valueAt = (row: number): number => lots.reduce((sum, lot) => sum + lot.quantity * priceOf(lot, row), cash);

  // Few strategies read their holdings: nothing is traded until one does.
  let waiting: { readonly row: number; readonly weights: Weights }[] = [];
  const trade = (row: number, weights: Weights): void => {
    const value = valueAt(row);
    let spent = 0;
    lots = Object.keys(weights).map((ticker) => {
      const column = table.tickers.indexOf(ticker);
      spent += weights[ticker]!;
      const boughtAt = lots.find((lot) => lot.column === column)?.boughtAt ?? row;
      return { column, quantity: (weights[ticker]! * value) / table.closes[column]![row]!, boughtAt };
    });
    cash = spent < 1 ? (1 - spent) * value : 0;
  };

  return {
    rebalance: (row, weights) => void waiting.push({ row, weights }),
    holdingsAt(row) {
      for (const one of waiting) trade(one.row, one.weights);
      waiting = [];
      const value = valueAt(row);
      return Object.fromEntries(
        lots.map((lot) => {
          const [close, entry] = [priceOf(lot, row), priceOf(lot, lot.boughtAt)];
          const weight = (lot.quantity * close) / value;
          const since = toIsoDay(table.days[lot.boughtAt]!);
          return [table.tickers[lot.column]!, { weight, since, entry, gain: close / entry - 1 }];
        }),
      );
    },
  };
}

interface Lot {
  readonly column: number;
  readonly quantity: number;
  /** The row of the decision that bought the ticker. */
  readonly boughtAt: number;
}
