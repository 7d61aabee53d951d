import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { callbacks, deliveryAttempts, executionEvents, executionSeries } from "../schema.ts";

/** Outcome of one batch. */
export interface RetentionPass {
  /** Id after which to continue; null when no expired execution is left. */
  readonly next: number | null;
  readonly removed: number;
}

/**
 * Checks the `batch` oldest executions after the id `after` and removes those that ended more than `days` days ago, with their
 * events, series, callbacks and attempts. The pass ends at the first execution that was accepted since then.
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
        with candidates as (
          select id, accepted_at, completed_at from executions where id > ${after} order by id limit ${batch}
        ), removed as (
          delete from executions
          where id in (select id from candidates where completed_at < now() - make_interval(secs => ${days * 86_400}::float8))
          returning id
        )
        select max(id)::float8 as last, count(*) = ${batch} as full,
          max(accepted_at) < now() - make_interval(secs => ${days * 86_400}::float8) as old,
          (select string_agg(id::text, ',') from removed) as removed
        from candidates`),
    );
    const removed = row?.removed?.split(",") ?? [];
    if (removed.length > 0) {
      const ids = plainArray(removed);
      // Attempts last: recording an attempt locks its callback, so none can appear once the callback is gone.
      for (const table of [executionEvents, executionSeries, callbacks, deliveryAttempts])
        await tx.execute(sql`delete from ${table} where execution_id = any(${ids}::text::bigint[])`);
    }
    return { next: row?.full === true && row.old === true ? row.last : null, removed: removed.length };
  });
}
