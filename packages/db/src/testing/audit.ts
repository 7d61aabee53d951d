import { sql } from "drizzle-orm";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Findings about the executions of an idle database. */
export interface Audit {
  /** Number of executions by status. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Executions with more than one attempt, because their process died or returned them. */
  readonly rerun: number;
  /** Attempts that died with their process, over all executions. */
  readonly lostAttempts: number;
  /** Attempts that a process returned at its shutdown. */
  readonly releasedAttempts: number;
  /** Delivery attempts whose process died before the answer was recorded. */
  readonly interruptedDeliveries: number;
  /** Executions whose callback had one attempt that no receiver accepted. */
  readonly undelivered: readonly number[];
  /** Violated invariants, one line each; none in a sound database. */
  readonly violations: readonly string[];
}

/** Checks every execution with its events, result, series, callback and jobs. */
export async function audit(db: Db): Promise<Audit> {
  const rows = await readRows(db);
  const byStatus: Record<string, number> = {};
  for (const { status } of rows) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const jobs = await unfinishedJobs(db);
  const orphans = await countOrphans(db);
  return {
    byStatus,
    rerun: rows.filter(({ attempt }) => attempt > 1).length,
    lostAttempts: sum(rows.map(({ attempt, released }) => Math.max(attempt - released - 1, 0))),
    releasedAttempts: sum(rows.map(({ released }) => released)),
    interruptedDeliveries: rows.flatMap((row) => endsOf(row)).filter((end) => end === "Interrupted").length,
    undelivered: rows
      .filter((row) => row.callback_state === "ended" && row.sent !== true && row.max_attempts === 1)
      .map(({ id }) => id),
    violations: [
      ...rows.flatMap((row) => problemsOf(row).map((problem) => `execution ${row.id} ${problem}`)),
      ...(jobs === 0 ? [] : [`${jobs} jobs are left in the queue`]),
      ...(orphans === 0 ? [] : [`${orphans} rows are left without their execution`]),
    ],
  };
}

/** Counts executions, callbacks and jobs that still need work. */
export async function unfinished(db: Db): Promise<number> {
  const [row] = rowsOf<{ count: number }>(
    await db.execute(sql`
      select (select count(*) from executions where completed_at is null)::int
        + (select count(*) from callbacks where state = 'due')::int as count`),
  );
  return (row?.count ?? 0) + (await unfinishedJobs(db));
}

/** Returns the ids without an execution. */
export async function unknownIds(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await db.execute(sql`
      select id::float8 as id from unnest(${plainArray(ids)}::text::bigint[]) as asked (id)
      where not exists (select from executions where executions.id = asked.id)`),
  );
  return rows.map(({ id }) => id);
}

/** History of an execution, from its rows. */
export interface Life {
  readonly id: number;
  readonly status: string;
  readonly attempt: number;
  /** Statuses of the events, in order. */
  readonly events: readonly string[];
  /** Null without a callback. */
  readonly callback: string | null;
  /** End of each delivery attempt: `open`, `taken`, `refused` or the error. */
  readonly deliveries: readonly string[];
}

/** Reads every execution, in the order of submission. */
export async function readLives(db: Db): Promise<Life[]> {
  return (await readRows(db)).map((row) => ({
    id: row.id,
    status: row.status,
    attempt: row.attempt,
    events: valuesOf(row.events ?? []),
    callback: row.callback_state,
    deliveries: endsOf(row),
  }));
}

async function readRows(db: Db): Promise<Row[]> {
  return rowsOf<Row>(
    await db.execute(sql`
      select e.id::float8 as id, e.status, e.attempt, e.released_attempts as released, e.event_count,
        exists (select from sweeps where execution_id = e.id) as is_sweep,
        e.result is not null as has_result, e.error_message is not null as has_error, e.completed_at is not null as has_end,
        (select count(*)::int from execution_series s where s.execution_id = e.id) as series,
        (select json_agg(number || ' ' || status order by number) from execution_events v where v.execution_id = e.id) as events,
        c.state as callback_state, c.sent, c.max_attempts,
        coalesce((select json_agg(number || ' ' || case when ended_at is null then 'open' when status_code between 200 and 299 then 'taken'
          else coalesce(error, 'refused') end order by number) from delivery_attempts d where d.execution_id = e.id), '[]') as deliveries
      from executions e left join callbacks c on c.execution_id = e.id order by e.id`),
  );
}

/** Counts events, series, callbacks and attempts without an execution. */
async function countOrphans(db: Db): Promise<number> {
  const [row] = rowsOf<{ count: number }>(
    await db.execute(sql`
      select count(*)::int as count from (
        select execution_id from execution_events union all select execution_id from execution_series
        union all select execution_id from callbacks union all select execution_id from delivery_attempts) as part
      where not exists (select from executions where id = execution_id)`),
  );
  return row?.count ?? 0;
}

async function unfinishedJobs(db: Db): Promise<number> {
  const [row] = rowsOf<{ count: number }>(
    await db.execute(sql`
      select count(*)::int as count from pgboss.job
      where name in ('executions', 'callbacks') and state in ('created', 'retry', 'active')`),
  );
  return row?.count ?? 0;
}

interface Row {
  readonly id: number;
  readonly status: string;
  readonly attempt: number;
  readonly released: number;
  readonly is_sweep: boolean;
  readonly event_count: number;
  readonly has_result: boolean;
  readonly has_error: boolean;
  readonly has_end: boolean;
  readonly series: number;
  readonly events: readonly string[] | null;
  readonly callback_state: string | null;
  readonly sent: boolean | null;
  readonly max_attempts: number | null;
  readonly deliveries: readonly string[];
}

function problemsOf(row: Row): string[] {
  const problems: string[] = [];
  const must = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const completed = row.status === "completed";
  const terminal = completed || row.status === "failed" || row.status === "cancelled";
  must(terminal, `is ${row.status} at the end`);
  must(row.has_end === terminal, "has an end without being terminal, or none though it is");
  must(row.has_result === completed, `is ${row.status} ${row.has_result ? "with" : "without"} a result`);
  must(row.series === (completed ? 1 : 0), `is ${row.status} with ${row.series} series`);
  must(row.has_error === (terminal && !completed), `is ${row.status} with a wrong error message`);
  // A sweep that was interrupted goes on, without an attempt of its own.
  const begun = row.is_sweep ? valuesOf(row.events ?? []).filter((status) => status === "running").length : row.attempt;
  const began = Array.from({ length: begun }, () => "running");
  // An attempt that was interrupted or returned may be followed by `pending`.
  const waits = valuesOf(row.events ?? []).filter(
    (status, index, all) => status === "pending" && all[index - 1] === "running",
  ).length;
  const expected = numbered(["pending", ...began, ...(terminal ? [row.status] : [])]);
  const told = valuesOf(row.events ?? []).filter((status, index) => index === 0 || status !== "pending");
  must(String(numbered(told)) === String(expected), `has the events ${row.events} and not ${expected}`);
  must(row.event_count === expected.length + waits, `has ${row.event_count} events by its own count`);
  if (row.callback_state !== null) {
    const ends = endsOf(row);
    must(row.callback_state === "ended", `has a callback that is ${row.callback_state}`);
    must(String(row.deliveries) === String(numbered(ends)), `has the delivery attempts ${row.deliveries}`);
    must(ends.length > 0, "has a callback that was never sent");
    must(!ends.includes("open"), "has a delivery attempt without an end");
    must(ends.includes("taken") || ends.at(-1) !== "Interrupted", "has a callback that was not sent again");
    must(row.sent === ends.includes("taken"), `has a callback with sent = ${row.sent} after ${row.deliveries}`);
  }
  return problems;
}

function endsOf({ deliveries }: Row): string[] {
  return valuesOf(deliveries);
}

function valuesOf(numberedValues: readonly string[]): string[] {
  return numberedValues.map((value) => value.slice(value.indexOf(" ") + 1));
}

function numbered(values: readonly string[]): string[] {
  return values.map((value, index) => `${index + 1} ${value}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
