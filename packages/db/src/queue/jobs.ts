import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Ids of the jobs that a worker has fetched and not finished. */
export async function activeJobIds(db: Db, queue: string): Promise<string[]> {
  const rows = rowsOf<{ id: string }>(
    await db.execute(sql`select id from pgboss.job where name = ${queue} and state = 'active'`),
  );
  return rows.map((row) => row.id);
}

/** Counts pending executions, up to `max`. */
export async function countPending(db: Db, max: number): Promise<number> {
  const rows = rowsOf<{ waiting: number }>(
    await db.execute(sql`
      select count(*)::int as waiting from (select from executions where status = 'pending' limit ${max}) as pending`),
  );
  return rows[0]?.waiting ?? 0;
}

/** Counts pending executions and the queued steps of sweeps, each up to `max`. */
export async function countWaiting(db: Db, max: number): Promise<number> {
  const rows = rowsOf<{ waiting: number }>(
    await db.execute(sql`
      select (select count(*)::int from (select from executions where status = 'pending' limit ${max}) as pending)
        + (select count(*)::int from (
            select from pgboss.job where name = 'sweeps' and state < 'active' limit ${max}
          ) as steps) as waiting`),
  );
  return rows[0]?.waiting ?? 0;
}

/** Whether the database answers and the queue's tables are there. */
export async function pingDatabase(db: Db): Promise<boolean> {
  await db.execute(sql`select 1 from pgboss.queue limit 1`);
  return true;
}
