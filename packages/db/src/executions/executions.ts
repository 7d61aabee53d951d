import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { plainArray } from "../connection/array-literal.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { rowsOf } from "../connection/rows.ts";
import { callbacks, executions, executionSeries } from "../schema.ts";
import { type ExecutionFilter, idRangeOf, type Matches, matchingIds, toMatches } from "./execution-filter.ts";
import type { NewExecution, Urgency } from "./accept-executions.ts";
import type { Json } from "./json.ts";
import type { ExecutionStatus } from "./status.ts";

export type { ExecutionStatus, TerminalStatus } from "./status.ts";
export type { Json } from "./json.ts";

export interface CallbackRecord {
  readonly url: string;
  /** Form of the body. */
  readonly format: string;
  readonly sent: boolean;
  readonly sentAt: Date | null;
  /** Answer to the last ended attempt; null before that. */
  readonly response: Json | null;
  /** Attempts made, interrupted ones excluded. */
  readonly attempts: number;
  /** Limit of attempts. */
  readonly maxAttempts: number;
  /** When the next attempt is due after a failure; null also while an attempt is in flight. */
  readonly nextAttemptAt: Date | null;
}

export interface ExecutionRecord {
  readonly id: number;
  /** The client that owns it. */
  readonly client: string;
  readonly strategy: string;
  readonly version: string;
  readonly status: ExecutionStatus;
  /** As shown to the client: with defaults filled in if the parameters parsed. */
  readonly executionParameters: Json;
  readonly result: Json | null;
  readonly errorMessage: string | null;
  /** Progress that the running attempt last reported. */
  readonly progress: { readonly fraction: number; readonly phase: string } | null;
  readonly acceptedAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** `traceparent` that continues the trace of the request. */
  readonly traceParent: string | null;
  /** Label given by its client. */
  readonly label: string | null;
  /** The schedule that made it. */
  readonly scheduleId: number | null;
  /** The execution that this one repeats. */
  readonly retryOf: number | null;
  readonly isSweep: boolean;
  readonly callback: CallbackRecord | null;
}

/** The part of a record that a callback needs, once the execution has ended. */
export type EndedExecution = Omit<
  ExecutionRecord,
  "client" | "progress" | "callback" | "label" | "scheduleId" | "retryOf" | "isSweep" | "acceptedAt"
>;

/** A record in a list: without its result, and without what else may be too large for a list. */
export interface ExecutionListRecord extends Omit<ExecutionRecord, "result" | "executionParameters"> {
  /** Null beyond `listedParametersBytes`. */
  readonly executionParameters: Json | null;
  /** Two figures of the result; null without one. */
  readonly finalValue: number | null;
  readonly gain: number | null;
}

/** Largest parameters in a list, as JSON in UTF-8. */
export const listedParametersBytes = 4_000;
/** Longest error message in a list, in characters. */
const listedMessageLength = 500;

/** Returns the execution, or null when the owner has none with this id. */
export async function getExecution(db: Db, id: number, owner: Owner): Promise<ExecutionRecord | null> {
  const [execution] = await getExecutions(db, [id], owner);
  return execution ?? null;
}

/** Returns those executions that belong to the owner, unordered, in one statement. */
export async function getExecutions(db: Db, ids: readonly number[], owner: Owner): Promise<ExecutionRecord[]> {
  const rows = await db
    .select({ ...columns, result: executions.result })
    .from(executions)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
    .where(and(sql`${executions.id} = any(${plainArray(ids)}::text::bigint[])`, ownedBy(owner)));
  return rows.map(({ executionParameters, result, ...row }) => ({
    ...fromRow({ ...row, executionParameters }),
    executionParameters,
    result,
  }));
}

/** Returns those executions that belong to the owner, without results, newest first, in one statement. */
export async function getExecutionSummaries(
  db: Db,
  ids: readonly number[],
  owner: Owner,
): Promise<ExecutionListRecord[]> {
  const rows = await db
    .select(listColumns)
    .from(executions)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
    .where(and(sql`${executions.id} = any(${plainArray(ids)}::text::bigint[])`, ownedBy(owner)))
    .orderBy(desc(executions.id));
  return rows.map(toListRecord);
}

/** Lists executions that match the filter, newest first. */
export async function listExecutions(db: Db, filter: ExecutionFilter): Promise<Matches<ExecutionListRecord>> {
  const [page] = await listExecutionPages(db, [filter]);
  return page!;
}

/** Lists the executions of several filters, newest first, in one statement once their ids are known to lie in a range. */
export async function listExecutionPages(
  db: Db,
  filters: readonly ExecutionFilter[],
): Promise<Matches<ExecutionListRecord>[]> {
  if (filters.length === 0) return [];
  const ranges = await Promise.all(filters.map((filter) => idRangeOf(db, filter)));
  // The ids first: what is shown of an execution is read for those of the page alone.
  const parts = filters.map((filter, position) => {
    return sql`select ${position}::int as position, id, is_stop from (${matchingIds(filter, ranges[position]!)}) as matching`;
  });
  const rows = await db
    .select({ position: sql<number>`page.position`, is_stop: sql<boolean>`page.is_stop`, ...listColumns })
    .from(sql`(${sql.join(parts, sql` union all `)}) as page`)
    .innerJoin(executions, sql`${executions.id} = page.id`)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id));
  const pages = filters.map((): (typeof rows)[number][] => []);
  for (const row of rows) pages[row.position]?.push(row);
  return pages.map((found, position) => {
    const { items, stoppedAt } = toMatches(found, filters[position]!.limit);
    return { items: items.map(({ position: _position, is_stop: _stop, ...row }) => toListRecord(row)), stoppedAt };
  });
}

/** The ids of the executions that match the filter, newest first. */
export async function listExecutionIds(
  db: Db,
  filter: Omit<ExecutionFilter, "callback" | "receiver">,
): Promise<number[]> {
  const range = await idRangeOf(db, filter);
  const rows = rowsOf<{ id: number; is_stop: boolean }>(
    await db.execute(sql`select id::float8 as id, is_stop from (${matchingIds(filter, range)}) as matching`),
  );
  return toMatches(rows, filter.limit).items.map(({ id }) => id);
}

/** An execution with what it takes to submit it again. */
export type ExecutionToRetry = NewExecution & { readonly status: ExecutionStatus; readonly isSweep: boolean };

/** Returns what the owner's execution was submitted with, or null when the owner has none with this id. */
export async function getExecutionToRetry(db: Db, id: number, owner: Owner): Promise<ExecutionToRetry | null> {
  const [row] = await db
    .select({
      status: executions.status,
      isSweep: columns.isSweep,
      client: executions.client,
      strategy: executions.strategy,
      version: executions.version,
      parameters: executions.parameters,
      executionParameters: executions.executionParameters,
      urgency: executions.urgency,
      timeLimitMs: executions.timeLimitMs,
      label: executions.label,
      callbackUrl: callbacks.url,
      callbackFormat: callbacks.format,
      maxAttempts: callbacks.maxAttempts,
    })
    .from(executions)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
    .where(and(eq(executions.id, id), ownedBy(owner)));
  if (row === undefined) return null;
  const { status, urgency, callbackFormat, maxAttempts, ...asked } = row;
  return {
    ...asked,
    status: status as ExecutionStatus,
    urgency: urgency as Urgency,
    callbackFormat: callbackFormat ?? "json",
    maxAttempts: maxAttempts ?? 1,
  };
}

/** Returns the series of a completed execution of the owner, as they were stored, or null. */
export async function getSeries(db: Db, id: number, owner: Owner): Promise<Uint8Array | null> {
  return (await getSeriesOf(db, [id], owner)).get(id) ?? null;
}

/** Returns the series of several executions of the owner by id, in one statement. */
export async function getSeriesOf(db: Db, ids: readonly number[], owner: Owner): Promise<Map<number, Uint8Array>> {
  const rows = await db
    .select({ id: executionSeries.executionId, series: executionSeries.series })
    .from(executionSeries)
    .innerJoin(executions, eq(executions.id, executionSeries.executionId))
    .where(and(sql`${executionSeries.executionId} = any(${plainArray(ids)}::text::bigint[])`, ownedBy(owner)));
  return new Map(rows.map(({ id, series }) => [id, series]));
}

function ownedBy(owner: Owner): SQL {
  return isOwner(owner, sql`${executions.client}`);
}

const columns = {
  id: executions.id,
  client: executions.client,
  strategy: executions.strategy,
  version: executions.version,
  status: executions.status,
  executionParameters: executions.executionParameters,
  errorMessage: executions.errorMessage,
  progress: executions.progress,
  acceptedAt: executions.acceptedAt,
  startedAt: executions.startedAt,
  completedAt: executions.completedAt,
  traceParent: executions.traceParent,
  label: executions.label,
  scheduleId: executions.scheduleId,
  retryOf: executions.retryOf,
  isSweep: sql<boolean>`exists (select 1 from sweeps where sweeps.execution_id = ${executions.id})`,
  url: callbacks.url,
  format: callbacks.format,
  sent: callbacks.sent,
  sentAt: callbacks.sentAt,
  response: callbacks.response,
  attempts: callbacks.attempts,
  maxAttempts: callbacks.maxAttempts,
  nextAttemptAt: callbacks.nextAttemptAt,
};

/** `left` counts whole characters. */
const listColumns = {
  ...columns,
  executionParameters:
    sql<Json | null>`case when octet_length(${executions.executionParameters}::text) <= ${listedParametersBytes}
    then ${executions.executionParameters} end`.as("listed_parameters"),
  errorMessage: sql<string | null>`left(${executions.errorMessage}, ${listedMessageLength})`.as("listed_message"),
  finalValue: sql<number | null>`(${executions.result} ->> 'final_value')::float8`,
  gain: sql<number | null>`(${executions.result} ->> 'return')::float8`,
};

interface ListRow extends Omit<ExecutionListRecord, "status" | "callback" | "finalValue" | "gain"> {
  readonly status: string;
  readonly url: string | null;
  readonly format: string | null;
  readonly sent: boolean | null;
  readonly sentAt: Date | null;
  readonly response: Json | null;
  readonly attempts: number | null;
  readonly maxAttempts: number | null;
  readonly nextAttemptAt: Date | null;
}

function toListRecord({
  finalValue,
  gain,
  ...row
}: ListRow & Pick<ExecutionListRecord, "finalValue" | "gain">): ExecutionListRecord {
  return { ...fromRow(row), finalValue, gain };
}

function fromRow(row: ListRow): Omit<ExecutionListRecord, "finalValue" | "gain"> {
  const { url, format, sent, sentAt, response, attempts, maxAttempts, nextAttemptAt, ...execution } = row;
  const callback = {
    sent: sent === true,
    sentAt,
    response,
    attempts: attempts ?? 0,
    maxAttempts: maxAttempts ?? 1,
    nextAttemptAt,
  };
  return {
    ...execution,
    status: execution.status as ExecutionStatus,
    callback: url === null ? null : { url, format: format ?? "json", ...callback },
  };
}
