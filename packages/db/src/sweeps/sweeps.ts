import { and, asc, desc, eq, isNotNull, lt, sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import type { ExecutionStatus, Json } from "../executions/executions.ts";
import { storableText } from "../executions/end-executions.ts";
import { mayBecome, nextEvent, transitions } from "../executions/transitions.ts";
import type { PendingCallback } from "../callbacks/execution-callback.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { rowsOf } from "../connection/rows.ts";
import { executions, sweeps, sweepSteps } from "../schema.ts";

/*
 * A sweep is an execution whose parameters hold the client's whole request. Any worker may run its steps: chunks of
 * combinations, numbered from 0, and after the last chunk the step that makes the result.
 */

/** Division of a sweep into chunks. */
export interface SweepPlan {
  readonly combinations: number;
  /** Combinations of a chunk; the last one may have fewer. */
  readonly chunkSize: number;
  readonly chunks: number;
}

/** Progress of a sweep. */
export interface SweepRecord extends SweepPlan {
  readonly executionId: number;
  /** The client's request without its parameters and its grid, which may be large. */
  readonly outline: Json;
  readonly evaluated: number;
  /** Combinations that the strategy's parameters do not allow. */
  readonly invalid: number;
  /** Combinations that the strategy failed on. */
  readonly failed: number;
}

/** Inserts the sweep of an execution that was inserted in the same transaction. */
export async function insertSweep(tx: Db, executionId: number, plan: SweepPlan): Promise<void> {
  await tx.insert(sweeps).values({ executionId, ...plan });
  await tx.execute(sql`
    insert into sweep_steps (execution_id, number)
    select ${executionId}::bigint, number from generate_series(0, ${plan.chunks}::int) as number`);
}

/** Attempt number of every sweep. Only its steps are retried, also when the sweep was interrupted and goes on. */
export const sweepAttempt = 1;

export interface StartedStep extends SweepPlan {
  /** Attempts of this step that count against the limit, this one included. */
  readonly attempts: number;
  readonly strategy: string;
  /** The client's request. */
  readonly parameters: Json;
  readonly callback: PendingCallback | null;
}

/**
 * Begins an attempt of a step by the worker. With `startsSweep` the first attempt of any step also starts the sweep, unless it is parked, and
 * then `begun` is true. A sweep that was interrupted goes on with any step. Null when there is nothing to do: the step is done, or the sweep does not run.
 */
export async function startStep(
  db: Db,
  executionId: number,
  number: number,
  { startsSweep, worker }: { readonly startsSweep: boolean; readonly worker: number | null },
): Promise<(StartedStep & { readonly begun: boolean }) | null> {
  const [row] = rowsOf<StartedRow>(
    await db.execute(sql`
      with begun as (
        update executions
        set status = ${transitions.start.to}, attempt = ${sweepAttempt},
          started_at = coalesce(started_at, now()), ${nextEvent}
        where id = ${executionId} and status = 'pending' and not parked and (${startsSweep}::boolean or attempt > 0)
        returning id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction, worker)
        select id, event_count, ${transitions.start.to}, event_transaction, ${worker}::int from begun
      ), tried as (
        update sweep_steps set attempts = attempts + 1, worker = ${worker}::int
        where execution_id = ${executionId} and number = ${number} and outcome is null
          and exists (select from executions where id = ${executionId}
            and (status = 'running' or (status = 'pending' and not parked and (${startsSweep}::boolean or attempt > 0))))
        returning attempts
      )
      select tried.attempts, strategy, parameters, combinations, chunk_size, chunks, callbacks.url, callbacks.webhook_id,
        exists (select from begun) as begun
      from tried join executions on executions.id = ${executionId} join sweeps on sweeps.execution_id = executions.id
        left join callbacks on callbacks.execution_id = executions.id`),
  );
  if (row === undefined) return null;
  const { chunk_size: chunkSize, url, webhook_id: webhookId, ...step } = row;
  return { ...step, chunkSize, callback: url === null || webhookId === null ? null : { url, webhookId } };
}

/** Makes an attempt of a step that goes on not count against the limit. */
export async function releaseStep(db: Db, executionId: number, number: number): Promise<void> {
  await db.execute(sql`
    update sweep_steps set attempts = attempts - 1
    where execution_id = ${executionId} and number = ${number} and attempts > 0`);
}

/**
 * Records that a worker returned a step unfinished, so that it does not count against the limit. When no other step is under way, the
 * sweep is pending again, and the answer is true.
 */
export async function returnStep(db: Db, executionId: number, number: number, worker: number | null): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Steps that are returned at the same time must see each other.
    await tx.execute(sql`select from executions where id = ${executionId} for update`);
    const rows = rowsOf(
      await tx.execute(sql`
        with returned as (
          update sweep_steps set attempts = greatest(attempts - 1, 0), worker = null
          where execution_id = ${executionId} and number = ${number} and outcome is null
        ), waiting as (
          update executions set status = ${transitions.interrupt.to}, progress = null, ${nextEvent}
          where id = ${executionId} and ${mayBecome("interrupt")} and not exists (
            select from sweep_steps
            where execution_id = ${executionId} and number <> ${number} and outcome is null and worker is not null)
          returning id, event_count, event_transaction
        ), event as (
          insert into execution_events (execution_id, number, status, transaction, worker)
          select id, event_count, ${transitions.interrupt.to}, event_transaction, ${worker}::int from waiting
        )
        select id from waiting`),
    );
    return rows.length > 0;
  });
}

export interface ChunkOutcome {
  readonly bytes: Uint8Array;
  readonly evaluated: number;
  readonly invalid: number;
  readonly failed: number;
  /** Reason of the first failure; null without one. */
  readonly failure: string | null;
  readonly prices: PriceDigests;
}

/** SHA-256 of the stored prices that a step used, by universe. */
export type PriceDigests = Readonly<Record<string, string>>;

export interface StoredChunk {
  readonly done: number;
  readonly chunks: number;
  /** Whether the chunk used the same prices as the chunks before. */
  readonly samePrices: boolean;
}

/** Stores the outcome of a chunk and the progress of its sweep. Null, and nothing written, when the chunk is already done or the sweep has ended. */
export async function storeChunk(
  tx: Db,
  executionId: number,
  number: number,
  { bytes, evaluated, invalid, failed, failure, prices }: ChunkOutcome,
): Promise<StoredChunk | null> {
  const reason = failure === null ? null : storableText(failure);
  const [row] = rowsOf<{ done: number; chunks: number; same: boolean }>(
    await tx.execute(sql`
      with stored as (
        update sweep_steps set outcome = ${Buffer.from(bytes)}::bytea, failure = ${reason}
        where execution_id = ${executionId} and number = ${number} and outcome is null
          and exists (select from executions where id = ${executionId} and completed_at is null)
        returning number
      ), counted as (
        update sweeps
        set chunks_done = chunks_done + 1, evaluated = evaluated + ${evaluated}::int, invalid = invalid + ${invalid}::int,
          failed = failed + ${failed}::int, prices = ${JSON.stringify(prices)}::text::jsonb || prices
        from stored where execution_id = ${executionId}
        returning chunks_done, chunks, prices
      ), reported as (
        update executions
        set progress = json_build_object('fraction', chunks_done::float8 / chunks, 'phase', 'sweep')
        from counted where id = ${executionId} and status = 'running'
      )
      select chunks_done as done, chunks, prices @> ${JSON.stringify(prices)}::text::jsonb as same from counted`),
  );
  return row === undefined ? null : { done: row.done, chunks: row.chunks, samePrices: row.same };
}

/** Whether a step used the same prices as the chunks. */
export async function usedSamePrices(db: Db, executionId: number, prices: PriceDigests): Promise<boolean> {
  const [row] = rowsOf<{ same: boolean }>(
    await db.execute(sql`
      select (${JSON.stringify(prices)}::text::jsonb || prices) @> ${JSON.stringify(prices)}::text::jsonb as same
      from sweeps where execution_id = ${executionId}`),
  );
  return row?.same ?? false;
}

/** Reason of the first failed combination; null when none failed. */
export async function firstFailure(db: Db, executionId: number): Promise<string | null> {
  const [row] = await db
    .select({ failure: sweepSteps.failure })
    .from(sweepSteps)
    .where(and(eq(sweepSteps.executionId, executionId), isNotNull(sweepSteps.failure)))
    .orderBy(asc(sweepSteps.number))
    .limit(1);
  return row?.failure ?? null;
}

/** Outcome of a chunk; null until it is done. The caller must have checked the owner of the sweep. */
export async function readChunk(db: Db, executionId: number, number: number): Promise<Uint8Array | null> {
  const [row] = await db
    .select({ outcome: sweepSteps.outcome })
    .from(sweepSteps)
    .where(and(eq(sweepSteps.executionId, executionId), eq(sweepSteps.number, number)));
  return row?.outcome ?? null;
}

export interface ChunkKey {
  readonly executionId: number;
  readonly number: number;
}

/** Outcomes of chunks, in the given order; null until they are done. The caller must have checked the owner of the sweeps. */
export async function readChunks(db: Db, keys: readonly ChunkKey[]): Promise<(Uint8Array | null)[]> {
  const ids = plainArray(keys.map(({ executionId }) => executionId));
  const numbers = plainArray(keys.map(({ number }) => number));
  const found = await db
    .select({ executionId: sweepSteps.executionId, number: sweepSteps.number, outcome: sweepSteps.outcome })
    .from(sweepSteps)
    .where(
      sql`(${sweepSteps.executionId}, ${sweepSteps.number}) in (
        select * from unnest(${ids}::text::bigint[], ${numbers}::text::int[]))`,
    );
  const nameOf = ({ executionId, number }: ChunkKey) => `${executionId} ${number}`;
  const outcomes = new Map(found.map((chunk) => [nameOf(chunk), chunk.outcome]));
  return keys.map((key) => outcomes.get(nameOf(key)) ?? null);
}

/** What the table of a sweep is read by. */
export interface SweepOutline extends SweepPlan {
  readonly executionId: number;
  readonly status: ExecutionStatus;
  readonly grid: Json;
}

/** Returns what the tables of the owner's sweeps among the executions are read by, in no order. */
export function getSweepOutlines(db: Db, ids: readonly number[], owner: Owner): Promise<SweepOutline[]> {
  return db
    .select({
      executionId: sweeps.executionId,
      status: sql<ExecutionStatus>`${executions.status}`,
      grid: sql<Json>`${executions.parameters} -> 'grid'`,
      combinations: sweeps.combinations,
      chunkSize: sweeps.chunkSize,
      chunks: sweeps.chunks,
    })
    .from(sweeps)
    .innerJoin(executions, eq(executions.id, sweeps.executionId))
    .where(
      and(
        sql`${sweeps.executionId} = any(${plainArray(ids)}::text::bigint[])`,
        isOwner(owner, sql`${executions.client}`),
      ),
    );
}

/** Returns the sweeps of the owner among the executions, newest first. */
export function getSweeps(db: Db, ids: readonly number[], owner: Owner): Promise<SweepRecord[]> {
  return selectSweeps(db)
    .where(
      and(
        sql`${sweeps.executionId} = any(${plainArray(ids)}::text::bigint[])`,
        isOwner(owner, sql`${executions.client}`),
      ),
    )
    .orderBy(desc(sweeps.executionId));
}

export interface SweepFilter {
  readonly owner: Owner;
  /** Only sweeps older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Lists the owner's sweeps, newest first. */
export function listSweeps(db: Db, { owner, before, limit }: SweepFilter): Promise<SweepRecord[]> {
  return selectSweeps(db)
    .where(
      and(isOwner(owner, sql`${executions.client}`), before === undefined ? undefined : lt(sweeps.executionId, before)),
    )
    .orderBy(desc(sweeps.executionId))
    .limit(limit);
}

/** Removes the unfetched jobs of an ended sweep. */
export async function removeStepJobs(db: Db, queue: string, executionId: number): Promise<void> {
  await db.execute(sql`
    delete from pgboss.job
    where name = ${queue} and state in ('created', 'retry') and (data ->> 'execution_id')::bigint = ${executionId}`);
}

function selectSweeps(db: Db) {
  return db
    .select({
      executionId: sweeps.executionId,
      outline: sql<Json>`json_strip_nulls(json_build_object('objective', ${executions.parameters} -> 'objective',
        'best', ${executions.parameters} -> 'best', 'walk_forward', ${executions.parameters} -> 'walk_forward'))`,
      combinations: sweeps.combinations,
      chunkSize: sweeps.chunkSize,
      chunks: sweeps.chunks,
      evaluated: sweeps.evaluated,
      invalid: sweeps.invalid,
      failed: sweeps.failed,
    })
    .from(sweeps)
    .innerJoin(executions, eq(executions.id, sweeps.executionId))
    .$dynamic();
}

interface StartedRow {
  readonly attempts: number;
  readonly strategy: string;
  readonly parameters: Json;
  readonly combinations: number;
  readonly chunk_size: number;
  readonly chunks: number;
  readonly url: string | null;
  readonly webhook_id: string | null;
  readonly begun: boolean;
}
