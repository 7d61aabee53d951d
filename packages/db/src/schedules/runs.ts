import { and, desc, eq, lt, sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { BoundedCount } from "../executions/activity.ts";
import { boundedCount } from "../executions/count-executions.ts";
import type { ExecutionStatus, Json } from "../executions/executions.ts";
import { scheduleRuns, schedules } from "../schema.ts";

/** A run as it is stored. */
export interface RunRecord {
  readonly scheduleId: number;
  readonly fireAt: Date;
  readonly origin: string;
  readonly tradingDay: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly executionId: number | null;
  readonly changed: boolean | null;
  readonly notification: string;
}

/** What every change of a run does. The feed of runs follows transactions, which must not decrease. */
export const lastChange = sql`greatest(${scheduleRuns.transaction}, pg_current_xact_id())`;
/** The same in a statement that calls the table `run`. */
export const changedRun = sql`transaction = greatest(run.transaction, pg_current_xact_id())`;

/** The runs of a schedule before an instant, latest first. */
export function listRuns(db: Db, scheduleId: number, before: Date | undefined, limit: number): Promise<RunRecord[]> {
  return db
    .select(columns)
    .from(scheduleRuns)
    .where(
      and(eq(scheduleRuns.scheduleId, scheduleId), before === undefined ? undefined : lt(scheduleRuns.fireAt, before)),
    )
    .orderBy(desc(scheduleRuns.fireAt))
    .limit(limit);
}

/** Counts the runs of each schedule, up to `limit`, with one statement. */
export async function countRuns(db: Db, scheduleIds: readonly number[], limit: number): Promise<BoundedCount[]> {
  const rows = rowsOf<{ id: number; found: number }>(
    await db.execute(sql`
      select id::float8 as id, found from unnest(${plainArray(scheduleIds)}::text::bigint[]) as asked (id)
      cross join lateral (
        select count(*)::int as found
        from (select from schedule_runs where schedule_id = asked.id limit ${limit + 1}) as part
      ) as counted`),
  );
  const counts = new Map(rows.map(({ id, found }) => [id, found]));
  return scheduleIds.map((id) => boundedCount(counts.get(id) ?? 0, limit));
}

/** A run that is not submitted yet. */
export interface WaitingRun {
  readonly scheduleId: number;
  /** Milliseconds since 1970. */
  readonly fireAt: number;
  readonly client: string;
  readonly spec: Json;
  readonly origin: string;
  readonly tradingDay: string | null;
  readonly waitedMs: number;
  /** Time since its prices were requested from a provider; null if never. */
  readonly askedMs: number | null;
}

/** Waiting runs, oldest first, after the given one. */
export async function waitingRuns(db: Db, limit: number, offset: number): Promise<WaitingRun[]> {
  return rowsOf<WaitingRun>(
    await db.execute(sql`
      select schedule_id::float8 as "scheduleId", floor(extract(epoch from fire_at) * 1000)::float8 as "fireAt", client, spec,
        origin, trading_day::text as "tradingDay",
        (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "waitedMs",
        (extract(epoch from clock_timestamp() - asked_at) * 1000)::float8 as "askedMs"
      from schedule_runs where state = 'waiting'
      order by created_at, schedule_id, fire_at limit ${limit} offset ${offset}`),
  );
}

/** The number of runs that wait for prices, counted up to `max`. */
export async function countWaitingRuns(db: Db, max: number): Promise<number> {
  const [row] = rowsOf<{ n: number }>(
    await db.execute(sql`
      select count(*)::int as n from (select from schedule_runs where state = 'waiting' limit ${max}) waiting`),
  );
  return row?.n ?? 0;
}

/** Names a run. */
export interface RunKey {
  readonly scheduleId: number;
  readonly fireAt: number;
}

/** Locks waiting runs for the open transaction, so that no other process submits or cancels them. Returns the locked ones. */
export async function claimRuns(tx: Db, keys: readonly RunKey[]): Promise<RunKey[]> {
  return rowsOf<RunKey>(
    await tx.execute(sql`
      select run.schedule_id::float8 as "scheduleId", floor(extract(epoch from run.fire_at) * 1000)::float8 as "fireAt"
      from schedule_runs run join ${keysOf(keys)} on key.schedule_id = run.schedule_id and key.fire_at = run.fire_at
      where run.state = 'waiting'
      order by run.schedule_id, run.fire_at for update of run skip locked`),
  );
}

/** Records the executions of runs, in the transaction that locked them. */
export async function submitRuns(tx: Db, keys: readonly RunKey[], executionIds: readonly number[]): Promise<void> {
  await tx.execute(sql`
    update schedule_runs run set state = 'executing', reason = null, execution_id = key.execution_id, ${changedRun}
    from ${keysOf(keys, executionIds)} where key.schedule_id = run.schedule_id and key.fire_at = run.fire_at`);
}

/**
 * Records the reason in waiting runs and the time of asking a provider, unless a process asked within the given seconds. One
 * process gets each run.
 */
export async function claimAsking(
  db: Db,
  runs: readonly (RunKey & { readonly reason: string })[],
  seconds: number,
): Promise<RunKey[]> {
  return rowsOf<RunKey>(
    await db.execute(sql`
      update schedule_runs run set asked_at = clock_timestamp(), reason = key.reason, ${changedRun}
      from unnest(${plainArray(runs.map(({ scheduleId }) => scheduleId))}::text::bigint[],
          ${plainArray(runs.map(({ fireAt }) => iso(fireAt)))}::text::timestamptz[],
          ${textArray(runs.map(({ reason }) => reason))}::text::text[]) as key (schedule_id, fire_at, reason)
      where run.schedule_id = key.schedule_id and run.fire_at = key.fire_at and run.state = 'waiting'
        and (run.asked_at is null or run.asked_at <= clock_timestamp() - make_interval(secs => ${seconds}::float8))
      returning run.schedule_id::float8 as "scheduleId", floor(extract(epoch from run.fire_at) * 1000)::float8 as "fireAt"`),
  );
}

/** Ends a run that cannot be submitted. */
export async function refuseRun(db: Db, key: RunKey, reason: string): Promise<void> {
  await db.execute(sql`
    update schedule_runs run set state = 'ended', reason = ${reason}, ${changedRun}
    where schedule_id = ${key.scheduleId} and fire_at = ${iso(key.fireAt)}::timestamptz and state = 'waiting'`);
}

/** Runs in state `executing` whose execution has ended or was removed. */
export async function endedRuns(db: Db, limit: number): Promise<RunKey[]> {
  return rowsOf<RunKey>(
    await db.execute(sql`
      select run.schedule_id::float8 as "scheduleId", floor(extract(epoch from run.fire_at) * 1000)::float8 as "fireAt"
      from schedule_runs run left join executions on executions.id = run.execution_id
      where run.state = 'executing' and (executions.id is null or executions.completed_at is not null)
      order by run.fire_at limit ${limit}`),
  );
}

/** A run whose execution has ended, locked together with its schedule. */
export interface EndingRun {
  readonly executionId: number;
  readonly client: string;
  readonly spec: Json;
  readonly name: string | null;
  readonly origin: string;
  readonly tradingDay: string | null;
  readonly notifies: boolean;
  /** Null when the execution was removed. */
  readonly status: ExecutionStatus | null;
  readonly result: Json | null;
  readonly errorMessage: string | null;
  /** The current decision of the schedule. */
  readonly decision: Json | null;
  /** Whether a later fire has already decided. */
  readonly isOvertaken: boolean;
}

/** Locks a run whose execution has ended. Null when another process has ended it. */
export async function lockEndingRun(tx: Db, key: RunKey): Promise<EndingRun | null> {
  // Lock schedules first, in the same order as pausing and deleting.
  await tx.execute(sql`select id from schedules where id = ${key.scheduleId} for update`);
  const [row] = rowsOf<EndingRun>(
    await tx.execute(sql`
      select run.execution_id::float8 as "executionId", run.client, run.spec, schedules.name, run.origin,
        run.trading_day::text as "tradingDay", run.notifies, executions.status, executions.result,
        executions.error_message as "errorMessage", schedules.decision,
        coalesce(schedules.decision_fire_at > run.fire_at, false) as "isOvertaken"
      from schedule_runs run left join schedules on schedules.id = run.schedule_id
        left join executions on executions.id = run.execution_id
      where run.schedule_id = ${key.scheduleId} and run.fire_at = ${iso(key.fireAt)}::timestamptz
        and run.state = 'executing'
      for update of run`),
  );
  return row ?? null;
}

/** How a run ends. */
export interface RunEnd {
  readonly reason: string | null;
  readonly changed: boolean | null;
  readonly notification: "none" | "withheld" | "due";
  /** The new decision of the schedule; null keeps the current one. */
  readonly decision: Json | null;
}

/** Ends a locked run. */
export async function endRun(tx: Db, key: RunKey, { reason, changed, notification, decision }: RunEnd): Promise<void> {
  const fireAt = new Date(key.fireAt);
  await tx
    .update(scheduleRuns)
    .set({ state: "ended", reason, changed, notification, transaction: lastChange })
    .where(and(eq(scheduleRuns.scheduleId, key.scheduleId), eq(scheduleRuns.fireAt, fireAt)));
  if (decision === null) return;
  await tx.update(schedules).set({ decision, decisionFireAt: fireAt }).where(eq(schedules.id, key.scheduleId));
}

/** A callback that becomes due when its execution has ended already. */
export interface LateCallback {
  readonly executionId: number;
  readonly url: string;
  /** Form of the body. */
  readonly format: string;
  readonly maxAttempts: number;
  /** Added to the result in the body. */
  readonly additions: Json;
}

/** Adds a due callback and returns its webhook id; null when the execution already has a callback. */
export async function addDueCallback(tx: Db, callback: LateCallback): Promise<string | null> {
  const { executionId, url, format, maxAttempts, additions } = callback;
  const [row] = rowsOf<{ webhook_id: string }>(
    await tx.execute(sql`
      insert into callbacks (execution_id, url, format, state, max_attempts, additions)
      values (${executionId}, ${url}, ${format}, 'due', ${maxAttempts}, ${JSON.stringify(additions)}::text::json)
      on conflict (execution_id) do nothing
      returning webhook_id`),
  );
  return row?.webhook_id ?? null;
}

/** The last stored days of the tickers that have prices. */
export async function lastDays(db: Db, tickers: readonly string[]): Promise<Map<string, string>> {
  const rows = rowsOf<{ ticker: string; last_day: string }>(
    await db.execute(sql`
      select ticker, last_day::text as last_day from price_tickers where ticker = any(${textArray(tickers)}::text::text[])`),
  );
  return new Map(rows.map(({ ticker, last_day }) => [ticker, last_day]));
}

/** Removes runs that ended more than this many days ago, those of deleted schedules included. */
export async function removeExpiredRuns(db: Db, days: number): Promise<void> {
  await db.execute(sql`
    delete from schedule_runs
    where state not in ('waiting', 'executing') and created_at < now() - make_interval(secs => ${days * 86_400}::float8)`);
}

function keysOf(keys: readonly RunKey[], executionIds: readonly number[] = []) {
  return sql`unnest(${plainArray(keys.map(({ scheduleId }) => scheduleId))}::text::bigint[],
        ${plainArray(keys.map(({ fireAt }) => iso(fireAt)))}::text::timestamptz[],
        ${plainArray(executionIds)}::text::bigint[]) as key (schedule_id, fire_at, execution_id)`;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

const columns = {
  scheduleId: scheduleRuns.scheduleId,
  fireAt: scheduleRuns.fireAt,
  origin: scheduleRuns.origin,
  tradingDay: scheduleRuns.tradingDay,
  state: scheduleRuns.state,
  reason: scheduleRuns.reason,
  executionId: scheduleRuns.executionId,
  changed: scheduleRuns.changed,
  notification: scheduleRuns.notification,
};
