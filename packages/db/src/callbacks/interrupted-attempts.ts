import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { type CallbackRow, type ExecutionCallback, toExecutionCallback } from "./execution-callback.ts";
import { rowsOf } from "../connection/rows.ts";

/**
 * Finds due callbacks with an open attempt of the given age and without a job: their process died or could not record the
 * answer. Returns at most `limit` of them, the oldest attempts first. A limit on the age keeps the query fast: the index still
 * holds every attempt that ended since the last vacuum.
 *
 * Open attempts of that age are closed as `Interrupted` when a redelivery has already ended their callback, because no later
 * attempt will close them. Rows that another process is closing are skipped.
 */
export async function interruptedCallbacks(
  db: Db,
  { limit, ...age }: AttemptAge & { readonly limit: number },
): Promise<ExecutionCallback[]> {
  const rows = rowsOf<CallbackRow>(
    await db.execute(sql`
      with obsolete as (
        select id from delivery_attempts join callbacks using (execution_id)
        where ${isOpenSince(age)} and not redelivery and state = 'ended'
        for update of delivery_attempts skip locked
      ), closed as (
        update delivery_attempts set ended_at = now(), error = 'Interrupted'
        from obsolete where delivery_attempts.id = obsolete.id
      )
      select execution_id::float8 as execution_id, callbacks.url, webhook_id
      from delivery_attempts join callbacks using (execution_id)
      where ${isOpenSince(age)} and not redelivery and state = 'due'
        and not exists (select from pgboss.job where name = 'callbacks' and job.id = webhook_id)
      order by delivery_attempts.started_at
      limit ${limit}`),
  );
  return rows.map(toExecutionCallback);
}

/** Age of open attempts; `newerThanMs` null means no upper limit. */
export interface AttemptAge {
  readonly olderThanMs: number;
  readonly newerThanMs: number | null;
}

function isOpenSince({ olderThanMs, newerThanMs }: AttemptAge): SQL {
  return sql`ended_at is null and delivery_attempts.started_at <= now() - ${olderThanMs}::float8 * interval '1 millisecond'
        and delivery_attempts.started_at > coalesce(now() - ${newerThanMs}::float8 * interval '1 millisecond', '-infinity')`;
}
