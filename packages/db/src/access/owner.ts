import { type SQL, sql } from "drizzle-orm";

/** Whose executions are meant: a client's, or everybody's. No query that a client can reach goes without. */
export type Owner = string | null;

/** The owner of everything: what the engine and administrators ask for. */
export const anybody: Owner = null;

/** A condition on a column that holds names of clients. */
export function isOwner(owner: Owner, column: SQL): SQL {
  return owner === anybody ? sql`true` : sql`${column} = ${owner}`;
}
