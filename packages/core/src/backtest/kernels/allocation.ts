import type { PlannedDecision } from "../decide/plan.ts";
import type { PriceTable } from "../../market/price-table.ts";
import type { AccountTotals } from "./account-totals.ts";

/** Settings of an account besides its decisions, as for `runAccount`. */
export interface AllocationAccount {
  readonly first: number;
  readonly last: number;
  readonly capital: number;
  readonly costBps: number;
}

/**
 * Trades planned decisions like `runAccount` but keeps no history: one pass over the days and the tickers held on each, with
 * the outcome written to `totals`. Returns false when the account is ruined; the plain backtest gives the reason.
 */
export function runAllocation(
  { tickers, closes }: PriceTable,
  planned: readonly PlannedDecision[],
  { first, last, capital, costBps }: AllocationAccount,
  totals: AccountTotals,
): boolean {
  // One entry per column; all zero between rebalances.
  const quantities = new Float64Array(tickers.length);
  const shares = new Float64Array(tickers.length);
  // One entry per holding.
  const heldColumns = new Int32Array(tickers.length);
  const heldPrices: Float64Array[] = [];
  const heldQuantities = new Float64Array(tickers.length);
  let held = 0;
  let cash = capital;
  let before = 0;
  let peak = 0;
  let deepest = 1;
  let sumOfReturns = 0;
  let sumOfSquares = 0;
  let invested = 0;
  let trades = 0;
  let next = 0;

  for (let row = first; row <= last; row += 1) {
    let assets = 0;
    for (let index = 0; index < held; index += 1) assets += heldQuantities[index]! * heldPrices[index]![row]!;
    let value = cash + assets;
    const plan = planned[next];
    if (plan?.fillRow === row) {
      const left = rebalance(row, plan, value);
      if (!(left > 0)) return false;
      next += 1;
      assets = left - cash;
      value = left;
    }
    if (!(value > 0 && value < Infinity)) return false;
    if (row > first) {
      const change = value / before - 1;
      sumOfReturns += change;
      sumOfSquares += change * change;
    }
    if (value > peak) peak = value;
    else if (value < deepest * peak) deepest = value / peak;
    invested += assets / value;
    before = value;
  }
  totals.finalValue = before;
  totals.deepest = deepest;
  totals.sumOfReturns = sumOfReturns;
  totals.sumOfSquares = sumOfSquares;
  totals.trades = trades;
  totals.invested = invested;
  return true;

  /** Returns the value that is left after costs. */
  function rebalance(row: number, { target: { columns, shares: weights } }: PlannedDecision, value: number): number {
    for (let index = 0; index < columns.length; index += 1) shares[columns[index]!] = weights[index]!;
    let traded = 0;
    for (let index = 0; index < held; index += 1) {
      const column = heldColumns[index]!;
      const quantity = heldQuantities[index]!;
      traded += Math.abs(shares[column]! * value - quantity * heldPrices[index]![row]!);
      quantities[column] = quantity;
    }
    for (let index = 0; index < columns.length; index += 1) {
      if (quantities[columns[index]!] === 0) traded += weights[index]! * value;
    }
    const left = value - (traded * costBps) / 10_000;
    let unspent = 1;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index]!;
      if (quantities[column] === 0) trades += 1;
      unspent -= weights[index]!;
      shares[column] = 0;
    }
    for (let index = 0; index < held; index += 1) quantities[heldColumns[index]!] = 0;
    held = columns.length;
    for (let index = 0; index < held; index += 1) {
      const column = columns[index]!;
      const prices = closes[column]!;
      heldColumns[index] = column;
      heldPrices[index] = prices;
      heldQuantities[index] = (weights[index]! * left) / prices[row]!;
    }
    cash = unspent > 1e-9 ? unspent * left : 0;
    return left;
  }
}
