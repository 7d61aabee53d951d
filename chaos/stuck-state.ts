import type { Db } from "@strategy-executor/db";

/** Describes what PostgreSQL holds and does while work is stuck, one line for each execution, job and session. */
export async function describeStuck(db: Db): Promise<string[]> {
  const lines = await Promise.all(
    Object.entries(queries).map(async ([kind, query]) =>
      [...((await db.execute(query)) as unknown as Iterable<object>)].map((row) => `${kind} ${JSON.stringify(row)}`),
    ),
  );
  return lines.flat();
}

const queries = {
  execution: `
    select id::float8 as id, status, attempt, parked, event_count from executions where completed_at is null order by id limit 30`,
  attempt: `
    select execution_id::float8 as execution_id, number, redelivery, now() - started_at as age
    from delivery_attempts where ended_at is null order by execution_id limit 30`,
  job: `
    select name, state, data, retry_count, now() - created_on as age, now() - heartbeat_on as heartbeat_age, start_after - now() as due_in
    from pgboss.job where state < 'completed' order by created_on limit 30`,
  worker: `select id, name, now() - seen_at as seen, ended_at is not null as ended, lost_at is not null as lost from workers order by id`,
  session: `
    select pid, application_name as name, client_port as port, state, wait_event, now() - xact_start as transaction,
      now() - state_change as since, pg_blocking_pids(pid) as blocked_by, left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as query
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by xact_start nulls last, pid`,
};
