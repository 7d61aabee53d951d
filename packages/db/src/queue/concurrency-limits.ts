import { type SQL, sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { priority } from "../executions/accept-executions.ts";
import { rowsOf } from "../connection/rows.ts";

/** Limits of executions that run at once, over all machines. */
export interface ConcurrencyLimits {
  /** Per client; null for no limit. */
  readonly perClient: number | null;
  /** By name of the strategy. */
  readonly perStrategy: ReadonlyMap<string, number>;
}

/**
 * Parks the pending executions that would exceed a limit and returns those that may start. A parked execution stays pending,
 * without a job, until `unparkExecutions` releases it. An advisory lock serializes counting until the transaction ends.
 */
export async function parkExecutions(tx: Db, ids: readonly number[], limits: ConcurrencyLimits): Promise<number[]> {
  await lockCounts(tx);
  const parked = rowsOf<{ id: number }>(
    await tx.execute(sql`
      with ${counts(limits)}, wanted as (
        select id, client, strategy,
          row_number() over (partition by client order by urgency desc, turn, id) as place_of_client,
          row_number() over (partition by strategy order by urgency desc, turn, id) as place_of_strategy
        from executions where id = any(${plainArray(ids)}::text::bigint[]) and status = 'pending'
      )
      update executions set parked = true
      from wanted left join busy_clients using (client) left join limits using (strategy) left join busy_strategies using (strategy)
      where executions.id = wanted.id
        and (place_of_client > ${perClient(limits)} - coalesce(busy_clients.running, 0)
          or place_of_strategy > limits.max_running - coalesce(busy_strategies.running, 0))
      returning executions.id::float8 as id`),
  );
  const out = new Set(parked.map(({ id }) => id));
  return ids.filter((id) => !out.has(id));
}

const maxUnparked = 1_000;

/** An execution that fits the limits now. */
export interface UnparkedExecution {
  readonly id: number;
  /** Of its job. */
  readonly priority: number;
  readonly urgency: number;
  /** Of a sweep; null for any other execution. */
  readonly chunks: number | null;
}

/** Releases the parked executions that fit the limits now, so that they can be queued again: most urgent first, clients in turns. */
export async function unparkExecutions(tx: Db, limits: ConcurrencyLimits): Promise<UnparkedExecution[]> {
  await lockCounts(tx);
  return rowsOf<UnparkedExecution>(
    await tx.execute(sql`
      with ${counts(limits)}, candidates as (
        select executions.id, client, strategy, urgency, turn,
          ${perClient(limits)} - coalesce(busy_clients.running, 0) as room_of_client,
          limits.max_running - coalesce(busy_strategies.running, 0) as room_of_strategy
        from executions left join busy_clients using (client) left join limits using (strategy)
          left join busy_strategies using (strategy)
        where parked and status = 'pending'
          and coalesce(${perClient(limits)} - coalesce(busy_clients.running, 0), 1) > 0
          and coalesce(limits.max_running - coalesce(busy_strategies.running, 0), 1) > 0
        order by urgency desc, turn, executions.id limit ${maxUnparked}
      ), placed as (
        select id, room_of_client, room_of_strategy,
          row_number() over (partition by client order by urgency desc, turn, id) as place_of_client,
          row_number() over (partition by strategy order by urgency desc, turn, id) as place_of_strategy
        from candidates
      )
      update executions set parked = false from placed
      where executions.id = placed.id and coalesce(place_of_client <= room_of_client, true)
        and coalesce(place_of_strategy <= room_of_strategy, true)
      returning executions.id::float8 as id, ${priority} as priority, urgency,
        (select chunks from sweeps where execution_id = executions.id) as chunks`),
  );
}

/**
 * A frozen process may have several connections that wait for this lock, and get it one after the other. Together they must not keep it
 * for longer than others wait, so idle transactions end sooner here.
 */
async function lockCounts(tx: Db): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(hashtext('strategy-executor concurrency limits')), set_config(${sql.raw(idleLimit)}, (1000 *
      extract(epoch from least(current_setting(${sql.raw(idleLimit)})::interval, interval '2 seconds')))::int::text, true)`);
}

const idleLimit = "'idle_in_transaction_session_timeout'";

function perClient(limits: ConcurrencyLimits): SQL {
  return sql`${limits.perClient}::int`;
}

/** CTEs with the limits and the running executions. Executions that wait in the queue are counted when they start. */
function counts({ perStrategy }: ConcurrencyLimits): SQL {
  return sql`limits as (
        select * from unnest(
          ${textArray([...perStrategy.keys()])}::text::text[], ${plainArray([...perStrategy.values()])}::text::int[])
        as limits (strategy, max_running)
      ), busy_clients as (
        select client, count(*)::int as running from executions where status = 'running' group by client
      ), busy_strategies as (
        select strategy, count(*)::int as running from executions where status = 'running' group by strategy
      )`;
}
