import { and, desc, eq, inArray, lt, sql, type SQL } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Db } from "./connect.ts";
import { announce } from "./events.ts";
import { isOwner, type Owner } from "./owner.ts";
import { rowsOf } from "./rows.ts";
import { callbacks, executions, executionSeries } from "./schema.ts";
import { unpackSeries } from "./series.ts";

export type ExecutionStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
export type TerminalStatus = Exclude<ExecutionStatus, "pending" | "running">;
export type Json = Record<string, unknown>;

export interface CallbackRecord {
  readonly url: string;
  readonly sent: boolean;
  readonly sentAt: Date | null;
  /** What the last ended attempt brought back; null before one. */
  readonly response: Json | null;
}

export interface ExecutionRecord {
  readonly id: number;
  readonly strategy: string;
  readonly version: string;
  readonly status: ExecutionStatus;
  /** As shown to the client: defaults filled in where they parsed. */
  readonly executionParameters: Json;
  readonly result: Json | null;
  readonly errorMessage: string | null;
  /** How far the attempt that runs says it is. */
  readonly progress: { readonly fraction: number; readonly phase: string } | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly callback: CallbackRecord | null;
}

/** A record without its result: lists do not carry what can be large. */
export type ExecutionListRecord = Omit<ExecutionRecord, "result">;

export interface NewExecution {
  /** Whose it is. */
  readonly client: string;
  readonly strategy: string;
  readonly version: string;
  readonly parameters: Json;
  readonly executionParameters: Json;
  readonly callbackUrl: string | null;
}

/** Writes a pending execution with its first event and, where asked for, its callback. Returns its id. */
export async function insertExecution(db: Db, execution: NewExecution): Promise<number> {
  const rows = rowsOf<{ id: number | string }>(
    await db.execute(sql`
      with accepted as (
        insert into executions (client, strategy, version, parameters, execution_parameters)
        values (${execution.client}, ${execution.strategy}, ${execution.version}, ${JSON.stringify(execution.parameters)}::text::json,
          ${JSON.stringify(execution.executionParameters)}::text::json)
        returning id, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, 1, 'pending', event_transaction from accepted
      ), callback as (
        insert into callbacks (execution_id, url)
        select id, ${execution.callbackUrl}::text from accepted where ${execution.callbackUrl}::text is not null
      )
      select id, ${announce(sql`id`)} from accepted`),
  );
  return Number(rows[0]?.id);
}

export interface StartedAttempt {
  /** Fences what this attempt writes. */
  readonly attempt: number;
  /** Attempts, this one included, that were not handed back in order. */
  readonly countedAttempts: number;
  readonly strategy: string;
  /** As the client sent them. */
  readonly parameters: Json;
}

/** Begins an attempt: `pending` or an interrupted `running` becomes `running`. Null when the execution is terminal or unknown. */
export async function startExecution(db: Db, id: number): Promise<StartedAttempt | null> {
  const rows = rowsOf<{ attempt: number; counted: number; strategy: string; parameters: Json }>(
    await db.execute(sql`
      with started as (
        update executions
        set status = 'running', attempt = attempt + 1, progress = null, started_at = coalesce(started_at, now()), ${nextEvent}
        where id = ${id} and status in ('pending', 'running')
        returning id, attempt, attempt - released_attempts as counted, strategy, parameters, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, 'running', event_transaction from started
      )
      select attempt, counted, strategy, parameters, ${announce(sql`id`)} from started`),
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    attempt: row.attempt,
    countedAttempts: row.counted,
    strategy: row.strategy,
    parameters: row.parameters,
  };
}

/** Notes that a worker gives an attempt back unfinished, so that it does not count against the limit. */
export async function releaseAttempt(db: Db, id: number, attempt: number): Promise<void> {
  await db
    .update(executions)
    .set({ releasedAttempts: sql`${executions.releasedAttempts} + 1` })
    .where(and(eq(executions.id, id), eq(executions.attempt, attempt), eq(executions.status, "running")));
}

/** What an attempt came to: the result as JSON text, the series as made by `packSeries`. */
export type Outcome =
  | { readonly status: "completed"; readonly result: string; readonly series: Uint8Array }
  | { readonly status: "failed"; readonly errorMessage: string };

export interface Settled {
  /** Where the callback that became due goes; null when there is none. */
  readonly callbackUrl: string | null;
}

/**
 * Ends a running execution with the outcome of the given attempt: state, event, series and the callback's becoming due,
 * in one statement. Null, and nothing written, when the execution is not running or a newer attempt has it.
 */
export async function settleExecution(db: Db, id: number, attempt: number, outcome: Outcome): Promise<Settled | null> {
  const { result, series } = outcome.status === "completed" ? outcome : { result: null, series: null };
  const errorMessage = outcome.status === "failed" ? withoutNul(outcome.errorMessage) : null;
  const rows = rowsOf<{ url: string | null }>(
    await db.execute(sql`
      with settled as (
        update executions
        set status = ${outcome.status}, result = ${result}::text::json, error_message = ${errorMessage}::text,
          completed_at = now(), progress = null, ${nextEvent}
        where id = ${id} and attempt = ${attempt} and status = 'running'
        returning id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, ${outcome.status}::text, event_transaction from settled
      ), kept as (
        insert into execution_series (execution_id, series)
        select id, ${series}::bytea from settled where ${series}::bytea is not null
      ), due as (
        update callbacks set state = 'due' from settled where callbacks.execution_id = settled.id returning callbacks.url
      )
      select (select url from due) as url, ${announce(sql`id`)} from settled`),
  );
  const row = rows[0];
  return row === undefined ? null : { callbackUrl: row.url };
}

/** Where executions that were cancelled are announced, by id, to whoever runs them. */
export const cancellationChannel = "strategy_executor_cancellations";

/**
 * Ends an execution that has not ended as cancelled, and announces it to whoever runs it. Null, and nothing written, when
 * it is terminal already or the owner has none with this id.
 */
export async function cancelExecution(db: Db, id: number, owner: Owner): Promise<Settled | null> {
  const rows = rowsOf<{ url: string | null }>(
    await db.execute(sql`
      with cancelled as (
        update executions
        set status = 'cancelled', error_message = 'Cancelled', completed_at = now(), progress = null, ${nextEvent}
        where id = ${id} and status in ('pending', 'running') and ${isOwner(owner, sql`client`)}
        returning id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, 'cancelled', event_transaction from cancelled
      ), due as (
        update callbacks set state = 'due' from cancelled where callbacks.execution_id = cancelled.id
        returning callbacks.url
      )
      select (select url from due) as url, ${announce(sql`id`)}, pg_notify(${cancellationChannel}, id::text) from cancelled`),
  );
  const row = rows[0];
  return row === undefined ? null : { callbackUrl: row.url };
}

/** Those of the executions that have ended. */
export async function endedExecutions(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      select id::float8 as id from executions
      where id = any(${`{${ids.join(",")}}`}::text::bigint[]) and completed_at is not null`),
  );
  return rows.map(({ id }) => id);
}

/** The execution, or null when the owner has none with this id. */
export async function getExecution(db: Db, id: number, owner: Owner): Promise<ExecutionRecord | null> {
  const [execution] = await getExecutions(db, [id], owner);
  return execution ?? null;
}

/** Those of the executions that the owner has, in no order. One statement. */
export async function getExecutions(db: Db, ids: readonly number[], owner: Owner): Promise<ExecutionRecord[]> {
  const rows = await db
    .select({ ...listColumns, result: executions.result })
    .from(executions)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
    .where(and(inArray(executions.id, [...ids]), ownedBy(owner)));
  return rows.map((row) => ({ ...fromRow(row), result: row.result }));
}

export interface ExecutionFilter {
  readonly owner: Owner;
  readonly status?: ExecutionStatus | undefined;
  readonly strategy?: string | undefined;
  /** Only executions older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Executions that fit the filter, newest first. */
export async function listExecutions(db: Db, filter: ExecutionFilter): Promise<ExecutionListRecord[]> {
  const [page = []] = await listExecutionPages(db, [filter]);
  return page;
}

/** For each filter the executions that fit it, newest first. One statement, so that every filter finds its index. */
export async function listExecutionPages(
  db: Db,
  filters: readonly ExecutionFilter[],
): Promise<ExecutionListRecord[][]> {
  const pageOf = (filter: ExecutionFilter, position: number) =>
    db
      .select({ position: sql<number>`${position}::int`.as("position"), ...listColumns })
      .from(executions)
      .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
      .where(and(...conditionsOf(filter)))
      .orderBy(desc(executions.id))
      .limit(filter.limit);
  const [first, ...others] = filters.map(pageOf);
  if (first === undefined) return [];
  const [second, ...rest] = others;
  const rows = await (second === undefined ? first : unionAll(first, second, ...rest));
  const pages = filters.map((): ExecutionListRecord[] => []);
  for (const { position, ...row } of rows) pages[position]?.push(fromRow(row));
  return pages.map((page) => page.toSorted((a, b) => b.id - a.id));
}

/** The long arrays of a completed execution of the owner, or null. */
export async function getSeries(db: Db, id: number, owner: Owner): Promise<Json | null> {
  return (await getSeriesOf(db, [id], owner)).get(id) ?? null;
}

/** The long arrays of those of the owner's executions that have them. One statement. */
export async function getSeriesOf(db: Db, ids: readonly number[], owner: Owner): Promise<Map<number, Json>> {
  const rows = await db
    .select({ id: executionSeries.executionId, series: executionSeries.series })
    .from(executionSeries)
    .innerJoin(executions, eq(executions.id, executionSeries.executionId))
    .where(and(inArray(executionSeries.executionId, [...ids]), ownedBy(owner)));
  return new Map(rows.map(({ id, series }) => [id, unpackSeries(series)]));
}

function conditionsOf({ owner, status, strategy, before }: ExecutionFilter): SQL[] {
  const conditions = [ownedBy(owner)];
  if (status !== undefined) conditions.push(eq(executions.status, status));
  if (strategy !== undefined) conditions.push(eq(executions.strategy, strategy));
  if (before !== undefined) conditions.push(lt(executions.id, before));
  return conditions;
}

function ownedBy(owner: Owner): SQL {
  return isOwner(owner, sql`${executions.client}`);
}

const nextEvent = sql`event_count = event_count + 1,
          event_transaction = greatest(event_transaction, pg_current_xact_id())`;

const listColumns = {
  id: executions.id,
  strategy: executions.strategy,
  version: executions.version,
  status: executions.status,
  executionParameters: executions.executionParameters,
  errorMessage: executions.errorMessage,
  progress: executions.progress,
  startedAt: executions.startedAt,
  completedAt: executions.completedAt,
  url: callbacks.url,
  sent: callbacks.sent,
  sentAt: callbacks.sentAt,
  response: callbacks.response,
};

interface ListRow extends Omit<ExecutionListRecord, "status" | "callback"> {
  readonly status: string;
  readonly url: string | null;
  readonly sent: boolean | null;
  readonly sentAt: Date | null;
  readonly response: Json | null;
}

function fromRow(row: ListRow): ExecutionListRecord {
  const { url, sent, sentAt, response, ...execution } = row;
  return {
    ...execution,
    status: execution.status as ExecutionStatus,
    callback: url === null ? null : { url, sent: sent === true, sentAt, response },
  };
}

/** PostgreSQL has no NUL in text; a message may quote one from a parameter. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
