import { sql } from "drizzle-orm";
import { textArray } from "./array-literal.ts";
import type { Db } from "./database.ts";

/** Sends notifications, with the commit if a transaction is open. Each payload stays below 8,000 bytes: ids, not content. */
export async function notify(db: Db, channel: string, payloads: readonly string[]): Promise<void> {
  await db.execute(sql`
    select pg_notify(${channel}, payload) from unnest(${textArray(payloads)}::text::text[]) as payload`);
}
