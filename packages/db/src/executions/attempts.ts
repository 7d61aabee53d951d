import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/**
 * How an attempt ended, or `running`. `interrupted`: its worker was presumed dead, or another one took over. `returned`: its worker gave
 * it back unfinished.
 */
export type AttemptStatus = "running" | "completed" | "failed" | "cancelled" | "interrupted" | "returned";

/** One try of a worker to run an execution. */
export interface ExecutionAttemptRecord {
  /** 1, 2, 3 ... within the execution. */
  readonly number: number;
  readonly status: AttemptStatus;
  readonly worker: {
    readonly id: number;
    /** Null when the worker is no longer known. */
    readonly name: string | null;
  } | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Last heartbeat of its worker while it had the attempt. */
  readonly seenAt: Date;
}

export interface ExecutionAttemptPage {
  /** Only attempts before this one. */
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * Reads the attempts at an execution of the owner from its events, newest first. An attempt ends with the next event. Only when the worker
 * was presumed dead and ends the execution nevertheless, it is the event after that.
 */
export async function listExecutionAttempts(
  db: Db,
  executionId: number,
  owner: Owner,
  page: ExecutionAttemptPage,
): Promise<ExecutionAttemptRecord[]> {
  const [attempts = []] = await listExecutionAttemptPages(db, owner, [{ executionId, ...page }]);
  return attempts;
}

/** The same for several executions in one statement; none for an execution that the owner does not have. */
export async function listExecutionAttemptPages(
  db: Db,
  owner: Owner,
  requested: readonly ({ readonly executionId: number } & ExecutionAttemptPage)[],
): Promise<ExecutionAttemptRecord[][]> {
  const rows = rowsOf<AttemptRow>(
    await db.execute(sql`
      with requested as (
        select * from unnest(
          ${plainArray(requested.map(({ executionId }) => executionId))}::text::bigint[],
          ${plainArray(requested.map(({ before }) => before ?? null))}::text::bigint[],
          ${plainArray(requested.map(({ limit }) => limit))}::text::int[])
        with ordinality as requested (id, before, max, position)
      ), attempt as (
        select position::int as position, before, max, execution_id, event.number, at, worker,
          row_number() over (partition by position order by event.number)::int as attempt
        from requested join executions on executions.id = requested.id and ${isOwner(owner, sql`executions.client`)}
          join execution_events event on event.execution_id = executions.id and event.status = 'running'
      ), page as (
        select *, row_number() over (partition by position order by attempt desc) as place from attempt
        where before is null or attempt < before
      )
      select attempt.position, attempt.attempt, attempt.at as started_at, attempt.worker, workers.name, workers.seen_at, ended.status as ended,
        ended.at as ended_at, ended.worker is not null as returned, late.status as late, late.at as late_at
      from page attempt left join workers on workers.id = attempt.worker
        left join execution_events ended
          on ended.execution_id = attempt.execution_id and ended.number = attempt.number + 1
        left join execution_events late
          on late.execution_id = attempt.execution_id and late.number = attempt.number + 2 and ended.status = 'pending'
            and late.status in ('completed', 'failed')
      where attempt.place <= attempt.max
      order by attempt.position, attempt.attempt desc`),
  );
  const pages = requested.map((): ExecutionAttemptRecord[] => []);
  for (const row of rows) pages[row.position - 1]!.push(fromRow(row));
  return pages;
}

function fromRow(row: AttemptRow): ExecutionAttemptRecord {
  const status = row.late ?? statusOf(row);
  const end = row.late_at ?? row.ended_at;
  const endedAt = end === null ? null : new Date(end);
  const startedAt = new Date(row.started_at);
  return {
    number: row.attempt,
    status,
    worker: row.worker === null ? null : { id: row.worker, name: row.name },
    startedAt,
    endedAt,
    seenAt: seenAtOf(status, startedAt, endedAt, row.seen_at),
  };
}

function statusOf({ ended, returned }: AttemptRow): AttemptStatus {
  if (ended === null) return "running";
  if (ended === "pending") return returned ? "returned" : "interrupted";
  return ended === "running" ? "interrupted" : ended;
}

/** Whoever begins, ends or returns an attempt is alive then. A worker that was interrupted may have come back since. */
function seenAtOf(status: AttemptStatus, startedAt: Date, endedAt: Date | null, heartbeat: string | null): Date {
  if (endedAt !== null && status !== "interrupted") return endedAt;
  const seenAt = new Date(Math.max(startedAt.getTime(), heartbeat === null ? 0 : Date.parse(heartbeat)));
  return endedAt !== null && endedAt < seenAt ? endedAt : seenAt;
}

interface AttemptRow {
  readonly position: number;
  readonly attempt: number;
  readonly started_at: string;
  readonly worker: number | null;
  readonly name: string | null;
  readonly seen_at: string | null;
  readonly ended: "pending" | "running" | "completed" | "failed" | "cancelled" | null;
  readonly ended_at: string | null;
  readonly returned: boolean;
  readonly late: "completed" | "failed" | null;
  readonly late_at: string | null;
}
