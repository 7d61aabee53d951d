import type { Extras, Market, PriceTable } from "../../market/price-table.ts";

/** A table for a thread, with its id in this process. */
export interface SharedTable {
  readonly id: number;
  readonly table: PriceTable;
}

/** How many tables a thread caches. Their numbers lie in shared memory. */
const maxCachedTables = 8;

const ids = new WeakMap<PriceTable, number>();
let lastId = 0;

/** Assigns an id to a table. The same table always has the same id. */
function share(table: PriceTable): SharedTable {
  const id = ids.get(table) ?? (lastId += 1);
  ids.set(table, id);
  return { id, table };
}

/** The answer to a thread's request for prices. */
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

const cached = new Map<number, PriceTable>();

/**
 * Returns the same object whenever the same table arrives. Values cached by table, such as its fingerprint, are found again.
 */
export function receive({ id, table }: SharedTable): PriceTable {
  const known = cached.get(id) ?? table;
  cached.delete(id);
  cached.set(id, known);
  if (cached.size > maxCachedTables) cached.delete(cached.keys().next().value!);
  return known;
}
