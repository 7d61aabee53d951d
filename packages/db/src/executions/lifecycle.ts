import { type SQL, sql } from "drizzle-orm";
import { plainArray, splitTexts, textArray } from "../connection/array-literal.ts";
import { insertionOf, type JobInsertion, jobsOfExecutions } from "../queue/boss-statements.ts";
import type { Db } from "../connection/database.ts";
import type { ExecutionStatus, Json, TerminalStatus } from "./executions.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { rowsOf } from "../connection/rows.ts";

/*
 * The life of an execution. Everything that changes its status is here, as statements over many executions at once:
 * under load one statement takes what has gathered. Each writes its event too, and changes nothing where the transition is
 * not allowed; what was changed comes back, so that a lost race is seen.
 */

/** From which states each transition leads where. An interrupted execution that is `running` starts again. */
export const transitions = {
  start: { from: ["pending", "running"], to: "running" },
  complete: { from: ["running"], to: "completed" },
  fail: { from: ["running"], to: "failed" },
  cancel: { from: ["pending", "running"], to: "cancelled" },
} as const satisfies Record<string, { from: readonly ExecutionStatus[]; to: ExecutionStatus }>;

/** How urgent an execution is: what is more urgent runs first. */
export type Urgency = -1 | 0 | 1;

export interface NewExecution {
  /** Whose it is. */
  readonly client: string;
  readonly strategy: string;
  readonly version: string;
  readonly parameters: Json;
  readonly executionParameters: Json;
  readonly callbackUrl: string | null;
  /** Attempts that may be made to deliver the callback. 1 when absent. */
  readonly maxAttempts?: number;
  /** 0 when absent. */
  readonly urgency?: Urgency;
  /** Longest time that an attempt may compute, besides the service's own limit. */
  readonly timeLimitMs?: number | null;
  /** The request's place in its trace, as a `traceparent`. */
  readonly traceParent?: string | null;
}

export interface InsertedExecution {
  readonly id: number;
  /** Of its job: the higher, the sooner. */
  readonly priority: number;
}

/**
 * Writes pending executions with their first events and their callbacks, in the given order. A client's executions line up
 * behind its own, a client that has none waiting goes to the front. With an insertion, whatever its own jobs, there is a job
 * for each.
 */
export async function insertExecutions(
  db: Db,
  items: readonly NewExecution[],
  insertion: JobInsertion | null = null,
): Promise<InsertedExecution[]> {
  const column = <T>(read: (item: NewExecution) => T) => items.map(read);
  const rows = rowsOf<InsertedExecution>(
    await db.execute(sql`
      with asked as materialized (
        select nextval(pg_get_serial_sequence('executions', 'id')) as id, item.* from (
          select * from unnest(
            ${textArray(column((item) => item.client))}::text::text[],
            ${textArray(column((item) => item.strategy))}::text::text[],
            ${textArray(column((item) => item.version))}::text::text[],
            ${splitTexts(column((item) => JSON.stringify(item.parameters)))},
            ${splitTexts(column((item) => JSON.stringify(item.executionParameters)))},
            ${textArray(column((item) => item.callbackUrl))}::text::text[],
            ${plainArray(column((item) => item.maxAttempts ?? 1))}::text::int[],
            ${plainArray(column((item) => item.urgency ?? 0))}::text::smallint[],
            ${plainArray(column((item) => item.timeLimitMs ?? null))}::text::int[],
            ${textArray(column((item) => item.traceParent ?? null))}::text::text[])
          with ordinality as item
            (client, strategy, version, parameters, execution_parameters, url, max_attempts, urgency, time_limit_ms,
              trace_parent, position)
          order by position
        ) item
      ), line as (
        select client, urgency, greatest(
            (select min(turn) from executions waiting where status = 'pending' and waiting.urgency = own.urgency),
            (select max(turn) + 1 from executions waiting
              where status = 'pending' and waiting.client = own.client and waiting.urgency = own.urgency),
            0) as first
        from (select distinct client, urgency from asked) own
      ), accepted as (
        insert into executions (id, client, strategy, version, parameters, execution_parameters, time_limit_ms,
          trace_parent, urgency, turn)
        overriding system value
        select id, client, strategy, version, parameters::json, execution_parameters::json, time_limit_ms,
          trace_parent, urgency, least(first - 1 + row_number() over (partition by client, urgency order by position), ${lastTurn})
        from asked join line using (client, urgency)
        returning id, ${priority} as priority, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, 1, 'pending', event_transaction from accepted
      ), callback as (
        insert into callbacks (execution_id, url, max_attempts) select id, url, max_attempts from asked where url is not null
      )${insertion === null ? sql`` : sql`, job as (${insertionOf(insertion, jobsOfAccepted)})`}
      select id::float8 as id, priority from accepted order by accepted.id`),
  );
  return rows;
}

const jobsOfAccepted = sql`(
        select json_agg(json_build_object(
          'data', json_build_object('execution_id', id, 'priority', priority), 'priority', priority))::text
        from accepted)`;

export interface StartedExecution {
  readonly id: number;
  /** Fences what this attempt writes. */
  readonly attempt: number;
  /** Attempts, this one included, that were not handed back in order. */
  readonly countedAttempts: number;
  readonly strategy: string;
  readonly version: string;
  /** As the client sent them. */
  readonly parameters: Json;
  readonly executionParameters: Json;
  readonly startedAt: Date;
  /** From acceptance to this attempt. */
  readonly waitedMs: number;
  /** Longest time that it may compute, besides the service's own limit. */
  readonly timeLimitMs: number | null;
  readonly traceParent: string | null;
  readonly callback: StartedCallback | null;
}

/** Where a callback goes, and what names it to its receiver and in the queue. */
export interface PendingCallback {
  readonly url: string;
  readonly webhookId: string;
}

/** A callback that may become due with the execution's end, with what its first delivery attempt needs. */
export interface StartedCallback extends PendingCallback {
  /** Whose it is, and so whose secrets sign it. */
  readonly client: string;
  /** Attempts that may be made to deliver it. */
  readonly maxAttempts: number;
}

/** Begins an attempt of each; those that are terminal or unknown are left out. */
export async function startExecutions(db: Db, ids: readonly number[]): Promise<StartedExecution[]> {
  const rows = rowsOf<StartedRow>(
    await db.execute(sql`
      with started as (
        update executions
        set status = ${transitions.start.to}, attempt = attempt + 1, progress = null, parked = false,
          started_at = coalesce(started_at, now()), ${nextEvent}
        where id = any(${plainArray(ids)}::text::bigint[]) and ${mayBecome("start")}
        returning id, client, attempt, attempt - released_attempts as counted, strategy, version, parameters, execution_parameters,
          started_at, extract(epoch from clock_timestamp() - accepted_at)::float8 * 1000 as waited_ms, time_limit_ms,
          trace_parent, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, ${transitions.start.to}, event_transaction from started
      )
      select started.id::float8 as id, attempt, counted, strategy, version, parameters, execution_parameters, started_at,
        waited_ms, time_limit_ms, trace_parent, client, callbacks.url, callbacks.webhook_id, callbacks.max_attempts
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

/** Notes that a worker gives an attempt back unfinished, so that it does not count against the limit. */
export async function releaseAttempt(db: Db, id: number, attempt: number): Promise<void> {
  await db.execute(sql`
    update executions set released_attempts = released_attempts + 1
    where id = ${id} and attempt = ${attempt} and status = 'running'`);
}

/** What an attempt came to: the result as JSON text, the series as made by `packSeries`. */
export type Outcome =
  | { readonly status: "completed"; readonly result: string; readonly series: Uint8Array }
  | { readonly status: "failed"; readonly errorMessage: string };

export interface Settlement {
  readonly id: number;
  readonly attempt: number;
  readonly outcome: Outcome;
  /** Whether the first delivery attempt is recorded with it, because the caller sends it at once. */
  readonly opensDelivery: boolean;
}

export interface SettledExecution {
  readonly id: number;
  readonly completedAt: Date;
  /** The delivery attempt that was recorded with it, or null. */
  readonly attemptId: number | null;
}

/**
 * Ends running executions with the outcomes of the given attempts: state, event, series and the callback's becoming due.
 * Those that are not running, or that a newer attempt has, are left out. Only for those that it ends jobs are inserted.
 */
export async function settleExecutions(
  db: Db,
  items: readonly Settlement[],
  insertion: JobInsertion | null = null,
): Promise<SettledExecution[]> {
  const column = <T>(read: (item: Settlement) => T) => items.map(read);
  const rows = rowsOf<SettledRow>(
    await db.execute(sql`
      with outcome as (
        select * from unnest(
          ${plainArray(column(({ id }) => id))}::text::bigint[],
          ${plainArray(column(({ attempt }) => attempt))}::text::int[],
          ${plainArray(column(({ outcome }) => outcome.status))}::text::text[],
          ${splitTexts(column(({ outcome }) => (outcome.status === "completed" ? outcome.result : null)))},
          ${textArray(column(({ outcome }) => (outcome.status === "failed" ? withoutNul(outcome.errorMessage) : null)))}::text::text[],
          ${splitTexts(column(({ outcome }) => (outcome.status === "completed" ? toBase64(outcome.series) : null)))},
          ${plainArray(column(({ opensDelivery }) => String(opensDelivery)))}::text::boolean[])
        as outcome (id, attempt, status, result, error_message, series, opens)
      ), settled as (
        update executions
        set status = outcome.status, result = outcome.result::json, error_message = outcome.error_message,
          completed_at = now(), progress = null, ${nextEvent}
        from outcome
        where executions.id = outcome.id and executions.attempt = outcome.attempt
          and ${mayBecome("complete", "fail")}
        returning executions.id, executions.status, completed_at, event_count, event_transaction, outcome.series, outcome.opens
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, status, event_transaction from settled
      ), kept as (
        insert into execution_series (execution_id, series)
        select id, decode(series, 'base64') from settled where series is not null
      ), due as (
        update callbacks set state = 'due' from settled where callbacks.execution_id = settled.id
        returning callbacks.execution_id, callbacks.url, settled.opens
      ), opened as (
        insert into delivery_attempts (execution_id, number, url)
        select execution_id, 1, url from due where opens
        returning id, execution_id
      )${insertion === null ? sql`` : sql`, job as (${insertionOf(insertion, jobsOfExecutions(insertion, sql`select id from settled`))})`}
      select settled.id::float8 as id, completed_at, opened.id::float8 as attempt_id
      from settled left join opened on opened.execution_id = settled.id`),
  );
  return rows.map(({ id, completed_at, attempt_id }) => ({
    id,
    completedAt: new Date(completed_at),
    attemptId: attempt_id,
  }));
}

export interface Cancelled {
  /** The callback that became due; null without one. */
  readonly callback: PendingCallback | null;
}

/** Ends an execution that has not ended as cancelled. Null, and nothing written, when it is terminal already or the owner has none with this id. */
export async function cancelExecution(db: Db, id: number, owner: Owner): Promise<Cancelled | null> {
  const rows = rowsOf<{ url: string | null; webhook_id: string | null }>(
    await db.execute(sql`
      with cancelled as (
        update executions
        set status = ${transitions.cancel.to}, error_message = 'Cancelled', completed_at = now(), progress = null,
          parked = false, ${nextEvent}
        where id = ${id} and ${mayBecome("cancel")} and ${isOwner(owner, sql`client`)}
        returning id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, ${transitions.cancel.to}, event_transaction from cancelled
      ), due as (
        update callbacks set state = 'due' from cancelled where callbacks.execution_id = cancelled.id
        returning callbacks.url, callbacks.webhook_id
      )
      select due.url, due.webhook_id from cancelled left join due on true`),
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { url, webhook_id: webhookId } = row;
  return { callback: url === null || webhookId === null ? null : { url, webhookId } };
}

/** Those of the executions that have ended. */
export async function endedExecutions(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      select id::float8 as id from executions
      where id = any(${plainArray(ids)}::text::bigint[]) and completed_at is not null`),
  );
  return rows.map(({ id }) => id);
}

/** Whoever waits behind so many waits in the order of submission. */
const lastTurn = 999_999_999;

/** By how much the priorities of jobs of one urgency are above those of the next. */
export const urgencyStep = lastTurn + 1;

/** Of the job of an execution: more urgent ones go first, and among equals those whose turn is earlier. */
export const priority = sql.raw(`urgency * ${urgencyStep} - turn`);

type Transition = keyof typeof transitions;

/**
 * The status condition of a statement that makes one of the transitions, all of which start from the same states. It is
 * written so that no index on the status fits: what is changed is found by its id, while the few that run are found among
 * all that ran since the last vacuum.
 */
function mayBecome(...names: readonly [Transition, ...Transition[]]): SQL {
  const states: readonly TerminalOrNot[] = transitions[names[0]].from;
  return sql.raw(`executions.status || '' in (${states.map((state) => `'${state}'`).join(", ")})`);
}

type TerminalOrNot = Exclude<ExecutionStatus, TerminalStatus>;

/** What a statement that changes an execution's status sets besides. */
export const nextEvent = sql`event_count = event_count + 1,
          event_transaction = greatest(event_transaction, pg_current_xact_id())`;

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
  readonly url: string | null;
  readonly webhook_id: string | null;
  readonly max_attempts: number | null;
}

function toStartedCallback({ client, url, webhook_id, max_attempts }: StartedRow): StartedCallback | null {
  if (url === null || webhook_id === null || max_attempts === null) return null;
  return { client, url, webhookId: webhook_id, maxAttempts: max_attempts };
}

interface SettledRow {
  readonly id: number;
  readonly completed_at: string;
  readonly attempt_id: number | null;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** PostgreSQL has no NUL in text; a message may quote one from a parameter. */
export function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
