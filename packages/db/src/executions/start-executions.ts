import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { PendingCallback } from "../callbacks/execution-callback.ts";
import type { Json } from "./json.ts";
import { mayBecome, nextEvent, transitions } from "./transitions.ts";

export interface StartedExecution {
  readonly id: number;
  /** Number of this attempt. It fences everything that the attempt writes. */
  readonly attempt: number;
  /** Attempts that count against the limit, this one included: those a worker did not release. */
  readonly countedAttempts: number;
  readonly strategy: string;
  readonly version: string;
  /** The parameters as the client sent them. */
  readonly parameters: Json;
  readonly executionParameters: Json;
  readonly startedAt: Date;
  /** Time from acceptance to this attempt. */
  readonly waitedMs: number;
  /** Time limit that the client asked for, besides the service's own. */
  readonly timeLimitMs: number | null;
  readonly traceParent: string | null;
  readonly callback: StartedCallback | null;
}

/** The callback of a started execution, with everything that its first delivery attempt needs. */
export interface StartedCallback extends PendingCallback {
  /** The client that owns the execution and whose secrets sign the callback. */
  readonly client: string;
  /** Form of the body. */
  readonly format: string;
  /** What the client calls the execution. */
  readonly label: string | null;
  /** Limit of delivery attempts. */
  readonly maxAttempts: number;
}

/** Begins an attempt of each execution by the worker. Leaves out executions that are terminal or unknown. */
export async function startExecutions(
  db: Db,
  ids: readonly number[],
  worker: number | null,
): Promise<StartedExecution[]> {
  const rows = rowsOf<StartedRow>(
    await db.execute(sql`
      with started as (
        update executions
        set status = ${transitions.start.to}, attempt = attempt + 1, progress = null, parked = false,
          started_at = coalesce(started_at, now()), ${nextEvent}
        where id = any(${plainArray(ids)}::text::bigint[]) and ${mayBecome("start")}
        returning id, client, attempt, attempt - released_attempts as counted, strategy, version, parameters, execution_parameters,
          started_at, extract(epoch from clock_timestamp() - accepted_at)::float8 * 1000 as waited_ms, time_limit_ms,
          trace_parent, label, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction, worker)
        select id, event_count, ${transitions.start.to}, event_transaction, ${worker}::int from started
      )
      select started.id::float8 as id, attempt, counted, strategy, version, parameters, execution_parameters, started_at,
        waited_ms, time_limit_ms, trace_parent, client, label, callbacks.url, callbacks.format, callbacks.webhook_id, callbacks.max_attempts
      from started left join callbacks on callbacks.execution_id = started.id`),
  );
  return rows.map((row) => ({
    id: row.id,
    attempt: row.attempt,
    countedAttempts: row.counted,
    strategy: row.strategy,
    version: row.version,
    parameters: row.parameters,
    executionParameters: row.execution_parameters,
    startedAt: new Date(row.started_at),
    waitedMs: row.waited_ms,
    timeLimitMs: row.time_limit_ms,
    traceParent: row.trace_parent,
    callback: toStartedCallback(row),
  }));
}

/** Makes an attempt that goes on not count against the limit. */
export async function releaseAttempt(db: Db, id: number, attempt: number): Promise<void> {
  await db.execute(sql`
    update executions set released_attempts = released_attempts + 1
    where id = ${id} and attempt = ${attempt} and status = 'running'`);
}

interface StartedRow {
  readonly id: number;
  readonly attempt: number;
  readonly counted: number;
  readonly strategy: string;
  readonly version: string;
  readonly parameters: Json;
  readonly execution_parameters: Json;
  readonly started_at: string;
  readonly client: string;
  readonly waited_ms: number;
  readonly time_limit_ms: number | null;
  readonly trace_parent: string | null;
  readonly label: string | null;
  readonly url: string | null;
  readonly format: string | null;
  readonly webhook_id: string | null;
  readonly max_attempts: number | null;
}

function toStartedCallback(row: StartedRow): StartedCallback | null {
  const { client, label, url, format, webhook_id: webhookId, max_attempts: maxAttempts } = row;
  if (url === null || format === null || webhookId === null || maxAttempts === null) return null;
  return { client, label, url, format, webhookId, maxAttempts };
}
