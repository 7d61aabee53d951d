import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { mayBecome, nextEvent, transitions } from "../executions/transitions.ts";
import { isSilent } from "./workers.ts";

export interface LostWorkersQuery {
  /** The worker that asks, if it is one. */
  readonly self: number | null;
  /** Whether no other worker can be alive: the embedded database has one process. */
  readonly isAlone: boolean;
}

/**
 * Returns the workers whose heartbeats are missing. A worker is returned for another minute after it was lost, for statements that
 * it had sent before.
 */
export async function lostWorkers(db: Db, { self, isAlone }: LostWorkersQuery): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      select id from workers
      where ended_at is null and id is distinct from ${self}::int and (${isSilent} or ${isAlone}::boolean)
        and (lost_at is null or lost_at > now() - interval '1 minute')`),
  );
  return rows.map(({ id }) => id);
}

/**
 * Puts the executions that lost workers were running back to `pending` and returns their ids. Their jobs come back by the queue. Skips
 * executions that somebody changes at the moment: they are running or have ended. A sweep stays `running` while another worker has a step.
 */
export async function interruptExecutions(db: Db, workers: readonly number[]): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      with lost as (
        update workers set lost_at = coalesce(lost_at, now())
        where id = any(${plainArray(workers)}::text::int[]) returning id
      ), held as materialized (
        select executions.id, executions.event_count as counted from executions
        join execution_events began on began.execution_id = executions.id and began.number = executions.event_count
        where executions.status = 'running' and began.worker in (select id from lost)
          and not exists (select from sweeps where execution_id = executions.id)
        for update of executions skip locked
      ), freed as (
        update sweep_steps set worker = null from executions
        where executions.id = execution_id and executions.status = 'running' and outcome is null
          and worker in (select id from lost)
        returning execution_id
      ), held_sweeps as materialized (
        select executions.id, executions.event_count as counted from executions
        where id in (select execution_id from freed) and not exists (
          select from sweep_steps join workers on workers.id = sweep_steps.worker
          where execution_id = executions.id and outcome is null
            and workers.id not in (select id from lost) and ended_at is null)
        for update skip locked
      ), interrupted as (
        update executions set status = ${transitions.interrupt.to}, progress = null, ${nextEvent}
        from (select * from held union all select * from held_sweeps) as held
        where executions.id = held.id and executions.event_count = held.counted and ${mayBecome("interrupt")}
        returning executions.id, executions.event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, ${transitions.interrupt.to}, event_transaction from interrupted
      )
      select id::float8 as id from interrupted`),
  );
  return rows.map(({ id }) => id);
}

/** Attempt that a worker returns unfinished. */
export interface ReturnedAttempt {
  readonly id: number;
  readonly attempt: number;
}

/**
 * Puts executions whose attempts a worker returns unfinished back to `pending`. The attempts do not count against the limit. Returns
 * the ids; leaves out executions that have ended or that a newer attempt has taken over.
 */
export async function returnExecutions(
  db: Db,
  attempts: readonly ReturnedAttempt[],
  worker: number | null,
): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      with unfinished as (
        select * from unnest(
          ${plainArray(attempts.map(({ id }) => id))}::text::bigint[],
          ${plainArray(attempts.map(({ attempt }) => attempt))}::text::int[]) as unfinished (id, attempt)
      ), returned as (
        update executions
        set status = ${transitions.interrupt.to}, released_attempts = released_attempts + 1, progress = null, ${nextEvent}
        from unfinished
        where executions.id = unfinished.id and executions.attempt = unfinished.attempt and ${mayBecome("interrupt")}
        returning executions.id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction, worker)
        select id, event_count, ${transitions.interrupt.to}, event_transaction, ${worker}::int from returned
      )
      select id::float8 as id from returned`),
  );
  return rows.map(({ id }) => id);
}
