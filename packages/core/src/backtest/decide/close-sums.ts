import type { PriceTable } from "../../market/price-table.ts";
import { prefixSums } from "../kernels/prefix-sums.ts";

/** Running sums of the closes of a column from its first price on: `sums[n]` has the first n. Kept as long as the table. */
export function closeSums(table: PriceTable, column: number): Float64Array {
  const ofTable = known.get(table) ?? [];
  known.set(table, ofTable);
  return (ofTable[column] ??= prefixSums(table.closes[column]!.subarray(table.firstRows[column])));
}

const known = new WeakMap<PriceTable, Float64Array[]>();
