import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { type CallbackRow, type ExecutionCallback, toExecutionCallback } from "./execution-callback.ts";
import { rowsOf } from "../connection/rows.ts";

/**
 * Due callbacks of which an attempt began so long ago without an answer, and for which there is no job: their process died, or
 * could not record what came back. Those that wait longest first, at most `limit`. To look at the latest only costs nothing
 * however many attempts have ended since the last vacuum, which the index still has.
 *
 * Attempts of that age whose callback has ended without them, because somebody had it sent again and it was taken, are closed
 * as `Interrupted`: nobody makes another attempt that would close them. It waits for nobody who is about to close one.
 */
export async function interruptedCallbacks(
  db: Db,
  { limit, ...age }: AttemptAge & { readonly limit: number },
): Promise<ExecutionCallback[]> {
  const rows = rowsOf<CallbackRow>(
    await db.execute(sql`
      with needless as (
        select id from delivery_attempts join callbacks using (execution_id)
        where ${isOpenSince(age)} and not redelivery and state = 'ended'
        for update of delivery_attempts skip locked
      ), closed as (
        update delivery_attempts set ended_at = now(), error = 'Interrupted'
        from needless where delivery_attempts.id = needless.id
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

/** How long ago attempts without an answer began; null for however long. */
export interface AttemptAge {
  readonly olderThanMs: number;
  readonly newerThanMs: number | null;
}

function isOpenSince({ olderThanMs, newerThanMs }: AttemptAge): SQL {
  return sql`ended_at is null and delivery_attempts.started_at <= now() - ${olderThanMs}::float8 * interval '1 millisecond'
        and delivery_attempts.started_at > coalesce(now() - ${newerThanMs}::float8 * interval '1 millisecond', '-infinity')`;
}
