import type { PriceTable } from "../../market/price-table.ts";
import { movingAverageCrossover } from "../../strategies/moving-average-crossover.ts";
import type { Parameters } from "../../strategy/parameters.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { closeSums } from "./close-sums.ts";
import { nextAbove, nextNotAbove } from "../kernels/crossover.ts";

/**
 * The rows from `from` to `to` on which a daily strategy must be called, when it is known to repeat its decision on all others; null when
 * it must be called on every row.
 */
export function decisionRows(
  strategy: Strategy,
  parameters: Parameters,
  table: PriceTable,
  from: number,
  to: number,
): readonly number[] | null {
  if (strategy !== (movingAverageCrossover as Strategy)) return null;
  const [short, long] = [parameters["short_window"] as number, parameters["long_window"] as number];
  const column = table.tickers.indexOf(parameters["symbol"] as string);
  const firstRow = table.firstRows[column]!;
  const sums = closeSums(table, column);
  const rows: number[] = [];
  const end = to - firstRow;
  let row = Math.max(from - firstRow, long - 1);
  if (row > end) return rows;
  rows.push(row + firstRow);
  let isAbove = nextAbove(sums, row, row, short, long) === row;
  for (;;) {
    row = isAbove ? nextNotAbove(sums, row, end, short, long) : nextAbove(sums, row, end, short, long);
    if (row > end) return rows;
    isAbove = !isAbove;
    rows.push(row + firstRow);
  }
}
