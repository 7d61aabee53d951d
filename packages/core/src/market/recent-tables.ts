import type { PriceTable } from "./price-table.ts";

/** Keys that came once, and tables that are kept. */
const maxKeys = 16;

/**
 * The price tables used last, of those that were added more than once. A sweep over seeds needs each of its tables once: kept,
 * they and what is computed from them would only cost memory.
 */
export class RecentTables {
  /** Oldest first. */
  readonly #tables = new Map<string, PriceTable>();
  readonly #addedOnce = new Set<string>();

  get(key: string): PriceTable | undefined {
    const table = this.#tables.get(key);
    if (table === undefined) return undefined;
    this.#tables.delete(key);
    this.#tables.set(key, table);
    return table;
  }

  /** Returns the table. */
  add(key: string, table: PriceTable): PriceTable {
    if (this.#addedOnce.delete(key)) keepNewest(this.#tables.set(key, table));
    else keepNewest(this.#addedOnce.add(key));
    return table;
  }
}

function keepNewest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size > maxKeys) entries.delete(entries.keys().next().value!);
}
