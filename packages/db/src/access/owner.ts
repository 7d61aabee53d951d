import { type SQL, sql } from "drizzle-orm";

/** Restricts a query to the executions of one client; null means all clients. Every query that a client can reach takes one. */
export type Owner = string | null;

/** No restriction, for the engine and administrators. */
export const anybody: Owner = null;

/** SQL condition that a column of client names matches the owner. */
export function isOwner(owner: Owner, column: SQL): SQL {
  return owner === anybody ? sql`true` : sql`${column} = ${owner}`;
}
