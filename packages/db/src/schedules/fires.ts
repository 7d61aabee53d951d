import { sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { changedRun } from "./runs.ts";
import type { Json } from "../executions/executions.ts";

/** A schedule whose next fire has come. Instants are milliseconds since 1970. */
export interface DueSchedule {
  readonly id: number;
  readonly version: number;
  readonly spec: Json;
  readonly dueAt: number;
  /** By the database's clock. */
  readonly now: number;
}

/** Pending work for schedules. */
export interface ScheduleWork {
  /** Milliseconds until the next fire: 0 if one is due, null without any. */
  readonly nextInMs: number | null;
  /** Whether runs wait for prices, and whether executions of runs have not ended. */
  readonly waiting: boolean;
  readonly executing: boolean;
}

/** A single statement that only uses indices. */
export async function scheduleWork(db: Db): Promise<ScheduleWork> {
  const [row] = rowsOf<{ next_in_ms: number | null; waiting: boolean; executing: boolean }>(
    await db.execute(sql`
      select (select extract(epoch from min(next_at) - clock_timestamp())::float8 * 1000
          from schedules where paused_at is null) as next_in_ms,
        exists (select from schedule_runs where state = 'waiting') as waiting,
        exists (select from schedule_runs where state = 'executing') as executing`),
  );
  // Not `greatest` of SQL, which ignores null.
  return {
    nextInMs: row!.next_in_ms === null ? null : Math.max(0, row!.next_in_ms),
    waiting: row!.waiting,
    executing: row!.executing,
  };
}

/** The due schedules, the longest overdue first. */
export async function dueSchedules(db: Db, limit: number): Promise<DueSchedule[]> {
  return rowsOf<DueSchedule>(
    await db.execute(sql`
      select id::float8 as id, version, spec, floor(extract(epoch from next_at) * 1000)::float8 as "dueAt",
        floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now
      from schedules where paused_at is null and next_at <= clock_timestamp()
      order by next_at limit ${limit}`),
  );
}

/** A fire that becomes a run. */
export interface NewRun {
  readonly scheduleId: number;
  /** Milliseconds since 1970. */
  readonly fireAt: number;
  readonly origin: "fire" | "catch_up" | "trigger" | "backfill";
  /** ISO day. */
  readonly tradingDay: string | null;
  readonly state: "waiting" | "missed";
  readonly reason: string | null;
}

/** A run that was written. */
export type WrittenRun = Pick<NewRun, "state" | "fireAt">;

/** A schedule that has fired, and when it fires next. */
export interface FiredSchedule {
  readonly id: number;
  readonly version: number;
  readonly dueAt: number;
  readonly nextAt: number | null;
}

/**
 * Moves schedules on and writes their runs, in one statement. A schedule that another process has moved, edited or paused
 * meanwhile is left out, with its runs. Runs that still wait for prices are superseded by the next one. Returns the runs that
 * it wrote.
 */
export async function fireSchedules(
  db: Db,
  fired: readonly FiredSchedule[],
  runs: readonly NewRun[],
): Promise<readonly WrittenRun[]> {
  return rowsOf<WrittenRun>(
    await db.execute(sql`
      with moved as (
        update schedules set next_at = fired.next_at
        from unnest(${plainArray(fired.map(({ id }) => id))}::text::bigint[],
            ${plainArray(fired.map(({ version }) => version))}::text::int[],
            ${plainArray(fired.map(({ dueAt }) => iso(dueAt)))}::text::timestamptz[],
            ${plainArray(fired.map(({ nextAt }) => (nextAt === null ? null : iso(nextAt))))}::text::timestamptz[])
          as fired (id, version, due_at, next_at)
        where schedules.id = fired.id and schedules.version = fired.version and schedules.next_at = fired.due_at
          and paused_at is null
        returning schedules.id, spec, client
      ), asked as (${asked(runs)}), superseded as (
        update schedule_runs run set state = 'superseded', reason = 'The next fire came before the prices did', ${changedRun}
        from (select schedule_id, min(fire_at) as fire_at, bool_and(origin = 'catch_up' and spec ->> 'catch_up' = 'all') as all_run
          from asked join moved on moved.id = schedule_id where state = 'waiting' group by schedule_id) next
        where run.schedule_id = next.schedule_id and run.fire_at < next.fire_at
          and run.state = 'waiting' and run.origin in ('fire', 'catch_up')
          -- A long downtime is caught up in several steps.
          and not (next.all_run and run.origin = 'catch_up')
      )
      insert into schedule_runs (schedule_id, fire_at, spec, client, origin, trading_day, state, reason, created_at)
      select schedule_id, fire_at, spec, client, origin, trading_day, state, reason, clock_timestamp()
      from asked join moved on moved.id = asked.schedule_id
      on conflict (schedule_id, fire_at) do nothing
      returning state, floor(extract(epoch from fire_at) * 1000)::float8 as "fireAt"`),
  );
}

/**
 * Writes requested runs and skips fires that already have a run. A backfill also replaces runs that never executed: missed, superseded,
 * cancelled and refused ones. Returns how many it wrote.
 */
export async function addRuns(
  db: Db,
  runs: readonly NewRun[],
  { notifies }: { readonly notifies: boolean },
): Promise<number> {
  const rows = rowsOf(
    await db.execute(sql`
      with asked as (${asked(runs)})
      insert into schedule_runs as run (schedule_id, fire_at, spec, client, origin, trading_day, state, reason, notifies, created_at)
      select schedule_id, fire_at, spec, client, origin, trading_day, state, reason, ${notifies}, clock_timestamp()
      from asked join schedules on schedules.id = asked.schedule_id
      on conflict (schedule_id, fire_at) do update set spec = excluded.spec, origin = excluded.origin,
        trading_day = excluded.trading_day, state = excluded.state, reason = excluded.reason, notifies = excluded.notifies,
        created_at = excluded.created_at, asked_at = null, ${changedRun}
        where excluded.origin = 'backfill' and run.execution_id is null and run.state <> 'waiting'
      returning schedule_id`),
  );
  return rows.length;
}

function asked(runs: readonly NewRun[]) {
  return sql`
        select * from unnest(${plainArray(runs.map(({ scheduleId }) => scheduleId))}::text::bigint[],
            ${plainArray(runs.map(({ fireAt }) => iso(fireAt)))}::text::timestamptz[],
            ${plainArray(runs.map(({ origin }) => origin))}::text::text[],
            ${plainArray(runs.map(({ tradingDay }) => tradingDay))}::text::date[],
            ${plainArray(runs.map(({ state }) => state))}::text::text[],
            ${textArray(runs.map(({ reason }) => reason))}::text::text[])
          as asked (schedule_id, fire_at, origin, trading_day, state, reason)`;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
