import type { Extras, Market, PriceTable } from "../../market/price-table.ts";

/** A table on its way to a thread, with the number it has in this process. */
export interface SharedTable {
  readonly id: number;
  readonly table: PriceTable;
}

/** Tables a thread keeps. Their numbers lie in memory that all threads share. */
const mostHeld = 8;

const ids = new WeakMap<PriceTable, number>();
let lastId = 0;

/** Numbers a table. The same table always has the same number. */
function share(table: PriceTable): SharedTable {
  const id = ids.get(table) ?? (lastId += 1);
  ids.set(table, id);
  return { id, table };
}

/** The answer to a thread's question for prices. */
export type PricesAnswer = ({ readonly ok: true } & SharedTable) | { readonly ok: false; readonly message: string };

/** Loads the tickers for a thread. */
export async function answerWithPrices(
  market: Market,
  tickers: readonly string[],
  extras?: Extras,
): Promise<PricesAnswer> {
  try {
    return { ok: true, ...share(await market.load(tickers, extras)) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

const held = new Map<number, PriceTable>();

/**
 * The table as this thread knows it: the same object whenever the same table comes, so that what is computed once for a table,
 * like its fingerprint, is there when it comes again.
 */
export function receive({ id, table }: SharedTable): PriceTable {
  const known = held.get(id) ?? table;
  held.delete(id);
  held.set(id, known);
  if (held.size > mostHeld) held.delete(held.keys().next().value!);
  return known;
}
