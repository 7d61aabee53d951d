import { type SQL, sql } from "drizzle-orm";
import { plainArray, splitTexts, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import type { EndedExecution, ExecutionStatus, Json } from "../executions/executions.ts";
import { idRangeOf, maxExamined } from "../executions/execution-filter.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { type CallbackRow, type ExecutionCallback, toExecutionCallback } from "./execution-callback.ts";
import { sqlStateOf } from "../connection/unavailable.ts";
import { rowsOf } from "../connection/rows.ts";
import { goesTo } from "./goes-to.ts";

export interface OpenedAttempt {
  readonly executionId: number;
  readonly execution: EndedExecution;
  readonly attemptId: number;
  /** 1, 2, 3 ... within the callback. */
  readonly number: number;
  /** Earlier attempts that count: those that were not interrupted by the end of their process. */
  readonly attemptsBefore: number;
  readonly maxAttempts: number;
  readonly url: string;
  /** Form of the body. */
  readonly format: string;
  readonly webhookId: string;
  /** The client that owns the execution. */
  readonly client: string;
  /** What the client calls the execution. */
  readonly label: string | null;
}

/** Why an attempt is made: the callback is due, or a client requested a redelivery. */
export type AttemptKind = "due" | "redelivery";

/**
 * Records delivery attempts before they are sent, one per callback. An earlier open attempt of the same kind belongs to a
 * process that died, so it is closed as `Interrupted`. Executions without a callback to send are left out: those without a
 * callback, those that have not ended, and, unless a redelivery is requested, those whose delivery has ended.
 */
export async function openAttempts(
  db: Db,
  executionIds: readonly number[],
  kind: AttemptKind = "due",
): Promise<OpenedAttempt[]> {
  // A due attempt and a redelivery that begin at once see the same attempts and choose the same number: one is then repeated.
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryToOpen(db, executionIds, kind);
    } catch (error) {
      if (tries === maxTries || sqlStateOf(error) !== uniqueViolation) throw error;
    }
  }
}

const maxTries = 5;
const uniqueViolation = "23505";

async function tryToOpen(db: Db, executionIds: readonly number[], kind: AttemptKind): Promise<OpenedAttempt[]> {
  const redelivery = kind === "redelivery";
  const rows = rowsOf<OpenedRow>(
    await db.execute(sql`
      with due as (
        select execution_id, url, format, webhook_id, attempts, max_attempts, additions from callbacks
        where execution_id = any(${plainArray(executionIds)}::text::bigint[])
          and state in ('due', ${redelivery ? "ended" : "due"})
        order by execution_id for update
      ), begun as (
        update callbacks set next_attempt_at = null
        from due where callbacks.execution_id = due.execution_id and next_attempt_at is not null and not ${redelivery}
      ), interrupted as (
        update delivery_attempts set ended_at = now(), error = 'Interrupted'
        from due
        where delivery_attempts.execution_id = due.execution_id and ended_at is null and redelivery = ${redelivery}
      ), opened as (
        insert into delivery_attempts (execution_id, number, url, redelivery)
        select execution_id, 1 + (select count(*) from delivery_attempts a where a.execution_id = due.execution_id), url,
          ${redelivery}
        from due
        returning id, execution_id, number
      )
      select due.execution_id::float8 as execution_id, opened.id::float8 as id, opened.number, due.attempts, due.max_attempts,
        due.url, due.format, due.webhook_id, due.additions, executions.client, executions.label, executions.strategy, executions.version, executions.status,
        executions.execution_parameters, executions.result, executions.error_message, executions.started_at,
        executions.completed_at, executions.trace_parent
      from opened join due using (execution_id) join executions on executions.id = due.execution_id`),
  );
  return rows.map((row) => ({
    executionId: row.execution_id,
    execution: {
      id: row.execution_id,
      strategy: row.strategy,
      version: row.version,
      status: row.status,
      executionParameters: row.execution_parameters,
      result: row.result === null ? null : { ...row.result, ...row.additions },
      errorMessage: row.error_message,
      startedAt: row.started_at === null ? null : new Date(row.started_at),
      completedAt: row.completed_at === null ? null : new Date(row.completed_at),
      traceParent: row.trace_parent,
    },
    attemptId: row.id,
    number: row.number,
    attemptsBefore: row.attempts,
    maxAttempts: row.max_attempts,
    url: row.url,
    format: row.format,
    webhookId: row.webhook_id,
    client: row.client,
    label: row.label,
  }));
}

/** Sizes of the results and parameters that callbacks carry, by execution. */
export async function callbackSizes(db: Db, executionIds: readonly number[]): Promise<Map<number, number>> {
  const rows = rowsOf<{ id: number; bytes: number }>(
    await db.execute(sql`
      select id::float8 as id, octet_length(execution_parameters::text) + coalesce(octet_length(result::text), 0) as bytes
      from executions where id = any(${plainArray(executionIds)}::text::bigint[])`),
  );
  return new Map(rows.map(({ id, bytes }) => [id, bytes]));
}

export interface ClosedAttempt {
  readonly executionId: number;
  readonly attemptId: number;
  readonly statusCode: number | null;
  readonly responseText: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
  readonly durationMs: number;
  /** Ids of the secrets that signed the attempt. */
  readonly signedWith: readonly string[];
  /** Whether the receiver answered 2xx. */
  readonly accepted: boolean;
  /** Delay until the next attempt is due; null ends the delivery. */
  readonly retryAfterMs: number | null;
}

/**
 * Records the answers to attempts. A delivered callback stays delivered. A redelivery does not count against the limit, and it
 * ends a due delivery only when the receiver accepted it. Returns the ids of the attempts that were recorded: an attempt that
 * another process already closed as interrupted, because it presumed this one dead, is left unchanged.
 */
export async function closeAttempts(db: Db, items: readonly ClosedAttempt[]): Promise<number[]> {
  const column = <T>(read: (item: ClosedAttempt) => T) => items.map(read);
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      with answer as (
        select * from unnest(
          ${plainArray(column(({ attemptId }) => attemptId))}::text::bigint[],
          ${plainArray(column(({ statusCode }) => statusCode))}::text::int[],
          ${textArray(column(({ responseText }) => responseText))}::text::text[],
          ${splitTexts(column(({ headers }) => (headers === null ? null : JSON.stringify(headers))))},
          ${textArray(column(({ error }) => error))}::text::text[],
          ${splitTexts(column((item) => JSON.stringify(toResponse(item))))},
          ${plainArray(column(({ accepted }) => String(accepted)))}::text::boolean[],
          ${plainArray(column(({ retryAfterMs }) => retryAfterMs))}::text::float8[],
          ${plainArray(column(({ durationMs }) => durationMs))}::text::int[],
          ${splitTexts(column(({ signedWith }) => JSON.stringify(signedWith)))})
        as answer
          (attempt_id, status_code, response_text, headers, error, response, accepted, retry_after_ms, duration_ms, signed_with)
      ), closed as (
        update delivery_attempts
        set ended_at = now(), status_code = answer.status_code, response_text = answer.response_text,
          headers = answer.headers::json, error = answer.error, duration_ms = answer.duration_ms,
          signed_with = answer.signed_with::json
        from answer where id = answer.attempt_id and ended_at is null
        returning id, execution_id, redelivery, answer.accepted, answer.response, answer.retry_after_ms
      )
      update callbacks
      set sent = sent or closed.accepted,
        sent_at = coalesce(sent_at, case when closed.accepted then now() end),
        response = case when sent and not closed.accepted then callbacks.response else closed.response::json end,
        attempts = attempts + case when closed.redelivery then 0 else 1 end,
        state = case when sent or closed.accepted then 'ended' when closed.redelivery then state
          when closed.retry_after_ms is null then 'ended' else 'due' end,
        delivery_ended_at = case
          when state = 'ended' or closed.redelivery and not closed.accepted then delivery_ended_at
          when sent or closed.accepted or closed.retry_after_ms is null then now() end,
        next_attempt_at = case when sent or closed.accepted then null when closed.redelivery then next_attempt_at
          else now() + closed.retry_after_ms * interval '1 millisecond' end
      from closed
      where callbacks.execution_id = closed.execution_id
      returning closed.id::float8 as id`),
  );
  return rows.map(({ id }) => id);
}

/** Postpones due callbacks because the circuit of their receiver is open. */
export async function postponeCallbacks(
  db: Db,
  items: readonly { readonly executionId: number; readonly delayMs: number }[],
): Promise<void> {
  await db.execute(sql`
    update callbacks set next_attempt_at = now() + item.delay_ms * interval '1 millisecond'
    from unnest(
        ${plainArray(items.map(({ executionId }) => executionId))}::text::bigint[],
        ${plainArray(items.map(({ delayMs }) => delayMs))}::text::float8[])
      as item (execution_id, delay_ms)
    where callbacks.execution_id = item.execution_id and state = 'due'`);
}

/** Selects callbacks for redelivery. */
export interface RedeliveryFilter {
  readonly owner: Owner;
  /** Only the callback of this execution. */
  readonly executionId?: number | undefined;
  /** Only the callbacks of these executions. */
  readonly ids?: readonly number[] | undefined;
  /** Include callbacks that were delivered or are still being tried. */
  readonly all: boolean;
  readonly strategy?: string | undefined;
  /** Only executions that ended at this instant or later. */
  readonly since?: Date | undefined;
  /** Only executions that ended before this instant. */
  readonly until?: Date | undefined;
  /** Only executions accepted at this instant or later. */
  readonly acceptedSince?: Date | undefined;
  /** Only callbacks to this receiver: an origin, or `mailto:`. */
  readonly receiver?: string | undefined;
  /** Only executions older than this one. */
  readonly before?: number | undefined;
  /** Only this execution and newer ones. */
  readonly from?: number | undefined;
  readonly limit: number;
}

/**
 * The oldest execution that a search should examine; null when it may examine all. Only callbacks that were given up have an index: a search
 * for others that finds nothing would read every execution.
 */
export async function redeliverySearchEnd(
  db: Db,
  { all, ids, executionId, owner, before, acceptedSince }: RedeliveryFilter,
): Promise<number | null> {
  if (!all || ids !== undefined || executionId !== undefined) return null;
  const { from } = await idRangeOf(db, { since: acceptedSince });
  const conditions = [
    isOwner(owner, sql`executions.client`),
    ...(before === undefined ? [] : [sql`executions.id < ${before}`]),
    ...(from === null ? [] : [sql`executions.id >= ${from}`]),
  ];
  const [row] = rowsOf<{ id: number }>(
    await db.execute(sql`
      select id::float8 as id from executions where ${sql.join(conditions, sql` and `)}
      order by executions.id desc offset ${sql.raw(String(maxExamined - 1))} limit 1`),
  );
  return row?.id ?? null;
}

/** Returns callbacks of ended executions that match the filter, newest first. */
export async function redeliverableCallbacks(db: Db, filter: RedeliveryFilter): Promise<ExecutionCallback[]> {
  return rowsOf<CallbackRow>(await db.execute(redeliverable(filter))).map(toExecutionCallback);
}

/**
 * Finds the same callbacks and marks them as queued, for a call that began at `begunAt`. Those that another call has marked
 * since are not claimed: the rows are locked, so a call waits for others that mark the same ones.
 */
export async function claimRedeliveries(
  db: Db,
  filter: RedeliveryFilter,
  begunAt: Date,
): Promise<{ readonly found: readonly number[]; readonly claimed: readonly ExecutionCallback[] }> {
  const rows = rowsOf<CallbackRow & { readonly is_claimed: boolean }>(
    await db.execute(sql`
      with found as materialized (${redeliverable(filter)}), locked as materialized (
        select execution_id from callbacks
        where execution_id in (select execution_id::bigint from found) and ${isRedeliverable(filter)}
          and coalesce(redelivery_queued_at < ${begunAt.toISOString()}::timestamptz, true)
        order by execution_id for update
      ), claimed as (
        update callbacks set redelivery_queued_at = clock_timestamp() from locked
        where callbacks.execution_id = locked.execution_id
      )
      select found.*, locked.execution_id is not null as is_claimed
      from found left join locked on locked.execution_id = found.execution_id::bigint
      order by found.execution_id desc`),
  );
  return {
    found: rows.map((row) => row.execution_id),
    claimed: rows.filter((row) => row.is_claimed).map(toExecutionCallback),
  };
}

function isRedeliverable({ all }: RedeliveryFilter): SQL {
  return all ? sql`state <> 'waiting'` : sql`state = 'ended' and not sent`;
}

function redeliverable(filter: RedeliveryFilter): SQL {
  const { owner, executionId, ids, strategy, since, until, acceptedSince, receiver, before, from, limit } = filter;
  const conditions = [
    isOwner(owner, sql`executions.client`),
    isRedeliverable(filter),
    ...(executionId === undefined ? [] : [sql`executions.id = ${executionId}`]),
    ...(ids === undefined ? [] : [sql`executions.id = any(${plainArray(ids)}::text::bigint[])`]),
    ...(strategy === undefined ? [] : [sql`strategy = ${strategy}`]),
    ...(since === undefined ? [] : [sql`completed_at >= ${since.toISOString()}::timestamptz`]),
    ...(until === undefined ? [] : [sql`completed_at < ${until.toISOString()}::timestamptz`]),
    ...(acceptedSince === undefined ? [] : [sql`accepted_at >= ${acceptedSince.toISOString()}::timestamptz`]),
    ...(receiver === undefined ? [] : [goesTo(receiver)]),
    ...(before === undefined ? [] : [sql`executions.id < ${before}`]),
    ...(from === undefined ? [] : [sql`executions.id >= ${from}`]),
  ];
  return sql`
    select execution_id::float8 as execution_id, url, webhook_id
    from callbacks join executions on executions.id = callbacks.execution_id
    where ${sql.join(conditions, sql` and `)}
    order by executions.id desc
    limit ${limit}`;
}

function toResponse({ error, statusCode, responseText, headers }: ClosedAttempt): Json {
  return error === null ? { status_code: statusCode, response_text: responseText, headers } : { error };
}

export interface AttemptRecord {
  readonly number: number;
  /** The client that owns the execution. */
  readonly client: string;
  readonly url: string;
  /** Form of the callback's body. */
  readonly format: string;
  /** Whether the attempt was requested, not due. */
  readonly redelivery: boolean;
  readonly startedAt: Date;
  /** Null while the answer is awaited. */
  readonly endedAt: Date | null;
  readonly statusCode: number | null;
  readonly responseText: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
  /** Null while the answer is awaited, and for an interrupted attempt. */
  readonly durationMs: number | null;
  /** Ids of the secrets that signed it; empty while the answer is awaited. */
  readonly signedWith: readonly string[];
}

export interface AttemptPage {
  /** Only attempts with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Lists the attempts of one of the owner's callbacks, newest first. */
export async function listAttempts(
  db: Db,
  executionId: number,
  owner: Owner,
  page: AttemptPage,
): Promise<AttemptRecord[]> {
  const [attempts = []] = await listAttemptPages(db, owner, [{ executionId, ...page }]);
  return attempts;
}

/** Lists the attempts of several callbacks in one statement, newest first; none for an execution that the owner does not have. */
export async function listAttemptPages(
  db: Db,
  owner: Owner,
  requested: readonly ({ readonly executionId: number } & AttemptPage)[],
): Promise<AttemptRecord[][]> {
  const rows = rowsOf<AttemptRow>(
    await db.execute(sql`
      select requested.position::int as position, executions.client, callbacks.format, attempt.*
      from unnest(
          ${plainArray(requested.map(({ executionId }) => executionId))}::text::bigint[],
          ${plainArray(requested.map(({ before }) => before ?? null))}::text::bigint[],
          ${plainArray(requested.map(({ limit }) => limit))}::text::int[])
        with ordinality as requested (execution_id, before, max, position)
      join executions on executions.id = requested.execution_id and ${isOwner(owner, sql`executions.client`)}
      join callbacks on callbacks.execution_id = executions.id
      cross join lateral (
        select number, url, redelivery, started_at, ended_at, status_code, response_text, headers, error, duration_ms, signed_with
        from delivery_attempts
        where delivery_attempts.execution_id = requested.execution_id
          and (requested.before is null or delivery_attempts.number < requested.before)
        order by number desc
        limit requested.max
      ) attempt
      order by requested.position, attempt.number desc`),
  );
  const pages = requested.map((): AttemptRecord[] => []);
  for (const row of rows) pages[row.position - 1]?.push(fromRow(row));
  return pages;
}

interface OpenedRow {
  readonly execution_id: number;
  readonly id: number;
  readonly number: number;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly url: string;
  readonly format: string;
  readonly webhook_id: string;
  readonly client: string;
  readonly label: string | null;
  readonly strategy: string;
  readonly version: string;
  readonly status: ExecutionStatus;
  readonly execution_parameters: Json;
  readonly result: Json | null;
  readonly error_message: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly trace_parent: string | null;
  readonly additions: Json | null;
}

interface AttemptRow {
  readonly position: number;
  readonly number: number;
  readonly client: string;
  readonly url: string;
  readonly format: string;
  readonly redelivery: boolean;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly status_code: number | null;
  readonly response_text: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
  readonly duration_ms: number | null;
  readonly signed_with: readonly string[] | null;
}

function fromRow(row: AttemptRow): AttemptRecord {
  return {
    number: row.number,
    client: row.client,
    url: row.url,
    format: row.format,
    redelivery: row.redelivery,
    startedAt: new Date(row.started_at),
    endedAt: row.ended_at === null ? null : new Date(row.ended_at),
    statusCode: row.status_code,
    responseText: row.response_text,
    headers: row.headers,
    error: row.error,
    durationMs: row.duration_ms,
    signedWith: row.signed_with ?? [],
  };
}
