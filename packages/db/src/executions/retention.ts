import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { callbacks, deliveryAttempts, executionEvents, executionSeries } from "../schema.ts";

/** How far a sweep has come. */
export interface RetentionPass {
  /** The last execution that was looked at, to go on behind it; null when the sweep is over. */
  readonly next: number | null;
  readonly removed: number;
}

/**
 * Looks at the `batch` oldest executions behind `after` and removes those that ended longer ago than so many days, with their
 * events, series, callbacks and attempts. The sweep is over at the first that was accepted since.
 */
export async function removeExpiredExecutions(
  db: Db,
  after: number,
  days: number,
  batch: number,
): Promise<RetentionPass> {
  return db.transaction(async (tx) => {
    const [row] = rowsOf<{ last: number | null; full: boolean; old: boolean | null; removed: string | null }>(
      await tx.execute(sql`
        with looked_at as (
          select id, accepted_at, completed_at from executions where id > ${after} order by id limit ${batch}
        ), removed as (
          delete from executions
          where id in (select id from looked_at where completed_at < now() - make_interval(secs => ${days * 86_400}::float8))
          returning id
        )
        select max(id)::float8 as last, count(*) = ${batch} as full,
          max(accepted_at) < now() - make_interval(secs => ${days * 86_400}::float8) as old,
          (select string_agg(id::text, ',') from removed) as removed
        from looked_at`),
    );
    const removed = row?.removed?.split(",") ?? [];
    if (removed.length > 0) {
      const ids = plainArray(removed);
      // Attempts last: who records one has locked its callback, and it is seen once that is gone.
      for (const table of [executionEvents, executionSeries, callbacks, deliveryAttempts])
        await tx.execute(sql`delete from ${table} where execution_id = any(${ids}::text::bigint[])`);
    }
    return { next: row?.full === true && row.old === true ? row.last : null, removed: removed.length };
  });
}

/** Forgets the idempotency keys that are no longer honoured. */
export async function removeExpiredSubmissionKeys(db: Db): Promise<void> {
  await db.execute(sql`delete from idempotency_keys where created_at < now() - interval '24 hours'`);
}
