import { sql } from "drizzle-orm";
import type { Db } from "./connect.ts";
import { rowsOf } from "./rows.ts";

/** How far a sweep has come. */
export interface RetentionSweep {
  /** The last execution that was looked at, to go on behind it; null when the sweep is over. */
  readonly next: number | null;
  readonly removed: number;
}

/**
 * Looks at the `batch` oldest executions behind `after` and removes those that ended longer ago than so many days, with their
 * events, series, callbacks and attempts. The sweep is over at the first that was accepted since.
 */
export async function sweepExecutions(db: Db, after: number, days: number, batch: number): Promise<RetentionSweep> {
  const [row] = rowsOf<{ last: number | null; full: boolean; old: boolean | null; removed: number }>(
    await db.execute(sql`
      with looked_at as (
        select id, accepted_at, completed_at from executions where id > ${after} order by id limit ${batch}
      ), removed as (
        delete from executions
        where id in (select id from looked_at where completed_at < now() - make_interval(secs => ${days * 86_400}::float8))
        returning id
      )
      select max(id)::float8 as last, count(*) = ${batch} as full,
        max(accepted_at) < now() - make_interval(secs => ${days * 86_400}::float8) as old,
        (select count(*)::int from removed) as removed
      from looked_at`),
  );
  if (row === undefined) return { next: null, removed: 0 };
  return { next: row.full && row.old === true ? row.last : null, removed: row.removed };
}

/** Forgets the idempotency keys that are no longer honoured. */
export async function sweepSubmissionKeys(db: Db): Promise<void> {
  await db.execute(sql`delete from idempotency_keys where created_at < now() - interval '24 hours'`);
}
