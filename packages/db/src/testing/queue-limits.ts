import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Time limit of the jobs of a queue, in seconds. */
export async function queueLimit(db: Db, queue: string): Promise<number | undefined> {
  const rows = rowsOf<{ s: number }>(
    await db.execute(sql`select expire_seconds as s from pgboss.queue where name = ${queue}`),
  );
  return rows[0]?.s;
}

export async function setQueueLimit(db: Db, queue: string, seconds: number): Promise<void> {
  await db.execute(sql`update pgboss.queue set expire_seconds = ${seconds} where name = ${queue}`);
}

/** Time limits of the jobs that workers have fetched. */
export async function activeJobLimits(db: Db, queue: string): Promise<number[]> {
  const rows = rowsOf<{ s: number }>(
    await db.execute(sql`select expire_seconds as s from pgboss.job where name = ${queue} and state = 'active'`),
  );
  return rows.map(({ s }) => s);
}
