import { type SQL, sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { type InsertedExecution, priority } from "../executions/accept-executions.ts";
import { rowsOf } from "../connection/rows.ts";

/** How many executions may run at once, on all machines together. */
export interface ConcurrencyLimits {
  /** Of any one client; null for no limit. */
  readonly perClient: number | null;
  /** Of the strategies named. */
  readonly perStrategy: ReadonlyMap<string, number>;
}

/**
 * Parks those of the waiting executions that would exceed a limit: they stay pending and are left to `unparkExecutions`.
 * Answers with those that may start. Whoever counts waits for whoever counts elsewhere, to the end of its transaction.
 */
export async function parkExecutions(tx: Db, ids: readonly number[], limits: ConcurrencyLimits): Promise<number[]> {
  await takeTurns(tx);
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
          or place_of_strategy > limits.most - coalesce(busy_strategies.running, 0))
      returning executions.id::float8 as id`),
  );
  const out = new Set(parked.map(({ id }) => id));
  return ids.filter((id) => !out.has(id));
}

const mostAtOnce = 1_000;

/** Of the parked executions those that fit the limits now, to be queued again: the most urgent first, clients in turns. */
export async function unparkExecutions(tx: Db, limits: ConcurrencyLimits): Promise<InsertedExecution[]> {
  await takeTurns(tx);
  return rowsOf<InsertedExecution>(
    await tx.execute(sql`
      with ${counts(limits)}, candidates as (
        select executions.id, client, strategy, urgency, turn,
          ${perClient(limits)} - coalesce(busy_clients.running, 0) as room_of_client,
          limits.most - coalesce(busy_strategies.running, 0) as room_of_strategy
        from executions left join busy_clients using (client) left join limits using (strategy)
          left join busy_strategies using (strategy)
        where parked and status = 'pending'
          and coalesce(${perClient(limits)} - coalesce(busy_clients.running, 0), 1) > 0
          and coalesce(limits.most - coalesce(busy_strategies.running, 0), 1) > 0
        order by urgency desc, turn, executions.id limit ${mostAtOnce}
      ), placed as (
        select id, room_of_client, room_of_strategy,
          row_number() over (partition by client order by urgency desc, turn, id) as place_of_client,
          row_number() over (partition by strategy order by urgency desc, turn, id) as place_of_strategy
        from candidates
      )
      update executions set parked = false from placed
      where executions.id = placed.id and coalesce(place_of_client <= room_of_client, true)
        and coalesce(place_of_strategy <= room_of_strategy, true)
      returning executions.id::float8 as id, ${priority} as priority`),
  );
}

async function takeTurns(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('strategy-executor concurrency limits'))`);
}

function perClient({ perClient: most }: ConcurrencyLimits): SQL {
  return sql`${most}::int`;
}

/** What runs or is about to: unparked executions that wait in the queue are counted when they start. */
function counts({ perStrategy }: ConcurrencyLimits): SQL {
  return sql`limits as (
        select * from unnest(
          ${textArray([...perStrategy.keys()])}::text::text[], ${plainArray([...perStrategy.values()])}::text::int[])
        as limits (strategy, most)
      ), busy_clients as (
        select client, count(*)::int as running from executions where status = 'running' group by client
      ), busy_strategies as (
        select strategy, count(*)::int as running from executions where status = 'running' group by strategy
      )`;
}
