import { and, desc, eq, like, lt, sql, type SQL } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Db } from "../connection/database.ts";
import { plainArray } from "../connection/array-literal.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { callbacks, executions, executionSeries } from "../schema.ts";

export type ExecutionStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
export type TerminalStatus = Exclude<ExecutionStatus, "pending" | "running">;
export type Json = Record<string, unknown>;

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
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** `traceparent` that continues the trace of the request. */
  readonly traceParent: string | null;
  /** Label given by its client. */
  readonly label: string | null;
  /** The schedule that made it. */
  readonly scheduleId: number | null;
  readonly callback: CallbackRecord | null;
}

/** The part of a record that a callback needs, once the execution has ended. */
export type EndedExecution = Omit<ExecutionRecord, "client" | "progress" | "callback" | "label" | "scheduleId">;

/** A record in a list: without its result, and without what else may be too large for a list. */
export interface ExecutionListRecord extends Omit<ExecutionRecord, "result" | "executionParameters"> {
  /** Null beyond `listedParametersBytes`. */
  readonly executionParameters: Json | null;
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
  return rows.map(fromRow);
}

export interface ExecutionFilter {
  readonly owner: Owner;
  readonly status?: ExecutionStatus | undefined;
  readonly strategy?: string | undefined;
  /** Only executions of this schedule. */
  readonly scheduleId?: number | undefined;
  /** Only executions whose label begins with this. */
  readonly label?: string | undefined;
  /** Only executions older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Lists executions that match the filter, newest first. */
export async function listExecutions(db: Db, filter: ExecutionFilter): Promise<ExecutionListRecord[]> {
  const [page = []] = await listExecutionPages(db, [filter]);
  return page;
}

/** Lists the executions of several filters, newest first. One statement with a part per filter, so that each uses its index. */
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

function conditionsOf({ owner, status, strategy, scheduleId, label, before }: ExecutionFilter): SQL[] {
  const conditions = [ownedBy(owner)];
  if (status !== undefined) conditions.push(eq(executions.status, status));
  if (strategy !== undefined) conditions.push(eq(executions.strategy, strategy));
  if (scheduleId !== undefined) conditions.push(eq(executions.scheduleId, scheduleId));
  if (label !== undefined) conditions.push(like(executions.label, `${label.replaceAll(/[\\%_]/g, "\\$&")}%`));
  if (before !== undefined) conditions.push(lt(executions.id, before));
  return conditions;
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
  startedAt: executions.startedAt,
  completedAt: executions.completedAt,
  traceParent: executions.traceParent,
  label: executions.label,
  scheduleId: executions.scheduleId,
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
};

interface ListRow extends Omit<ExecutionListRecord, "status" | "callback"> {
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

function fromRow(row: ListRow): ExecutionListRecord {
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
