import type { PriceTable } from "./price-table.ts";

/** Five tables of 17 tickers over 20 years, or ninety of one ticker. */
const maxBytes = 4e6;

/** The price tables used last, up to a size in all. The last one is kept whatever its size. */
export class RecentTables {
  /** Oldest first. */
  readonly #tables = new Map<string, PriceTable>();
  #bytes = 0;

  get(key: string): PriceTable | undefined {
    const table = this.#tables.get(key);
    if (table === undefined) return undefined;
    this.#tables.delete(key);
    this.#tables.set(key, table);
    return table;
  }

  /** Adds a table under a new key, and returns it. */
  add(key: string, table: PriceTable): PriceTable {
    this.#tables.set(key, table);
    this.#bytes += bytesOf(table);
    for (const [oldestKey, oldest] of this.#tables) {
      if (this.#bytes <= maxBytes || oldest === table) break;
      this.#tables.delete(oldestKey);
      this.#bytes -= bytesOf(oldest);
    }
    return table;
  }
}

function bytesOf({ closes, bars }: PriceTable): number {
  const columns = [...closes, ...bars.flatMap((ofTicker) => Object.values(ofTicker))];
  return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
