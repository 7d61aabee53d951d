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

export interface UnfinishedJob {
  readonly id: string;
  readonly queue: string;
  readonly data: Record<string, unknown>;
  readonly priority: number;
  /** How long it must still wait. */
  readonly delayMs: number;
  readonly group: string | null;
}

/** The jobs that are still to be done; none where the queue was never started. */
export async function unfinishedJobs(db: Db): Promise<UnfinishedJob[]> {
  const [queue] = rowsOf<{ exists: boolean }>(
    await db.execute(sql`select to_regclass('pgboss.job') is not null as exists`),
  );
  if (!queue!.exists) return [];
  return rowsOf<UnfinishedJob>(
    await db.execute(sql`
      select id, name as queue, data, priority, group_id as group,
        greatest(extract(epoch from start_after - now()) * 1000, 0)::float8 as "delayMs"
      from pgboss.job where state in ('created', 'retry', 'active') order by created_on`),
  );
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
          ) as steps)
        + (select coalesce(sum(chunks), 0)::int from (
            select chunks from executions join sweeps on sweeps.execution_id = executions.id where parked limit ${max}
          ) as parked_sweeps) as waiting`),
  );
  return rows[0]?.waiting ?? 0;
}

/** Whether the database answers and the queue's tables are there. */
export async function pingDatabase(db: Db): Promise<boolean> {
  await db.execute(sql`select 1 from pgboss.queue limit 1`);
  return true;
}
