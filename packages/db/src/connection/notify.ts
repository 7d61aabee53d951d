import { sql } from "drizzle-orm";
import { textArray } from "./array-literal.ts";
import type { Db } from "./database.ts";

/** Sends notifications, on commit if a transaction is open. Each payload must stay below 8,000 bytes: send ids, not content. */
export async function notify(db: Db, channel: string, payloads: readonly string[]): Promise<void> {
  await db.execute(sql`
    select pg_notify(${channel}, payload) from unnest(${textArray(payloads)}::text::text[]) as payload`);
}
