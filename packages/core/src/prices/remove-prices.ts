import { type Db, unpublishPrices } from "@strategy-executor/db";
import { toHeldPrices } from "./held-prices.ts";
import type { HeldPrices } from "./schemas.ts";

/** Removes all prices of a ticker. Returns what was stored; undefined if nothing was. Runs that have loaded them continue. */
export async function removePrices(db: Db, ticker: string): Promise<HeldPrices | undefined> {
  const removed = await unpublishPrices(db, ticker);
  return removed === undefined ? undefined : (await toHeldPrices(db, [removed]))[0];
}
