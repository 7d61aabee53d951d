import { setTimeout } from "node:timers/promises";
import type postgres from "postgres";

/** Executions per transaction. */
const batchSize = 20_000;

/**
 * Fills a PostgreSQL with ended executions as the service would store them, with events, series, callbacks and delivery
 * attempts. They belong to 50 clients and 7 strategies, 90 % are completed, one in ten has a label, one in 40 a schedule, the
 * callbacks of one in 50 were given up, and they were accepted over the last year. Each is a copy of the newest completed
 * execution with a callback, which must exist.
 */
export async function insertFinishedExecutions(sql: postgres.Sql, count: number): Promise<void> {
  for (let done = 0; done < count; done += batchSize) {
    const rows = Math.min(batchSize, count - done);
    await sql.begin((tx) => tx.unsafe(insertBatch, [rows, done, count]));
  }
  await sql`vacuum analyze`;
}

/**
 * Adds ended executions evenly over some seconds, three events each, and notifies the service as its own processes do. It stands for a
 * service that ends more executions than this machine could run beside the reader.
 */
export async function addFinishedExecutions(sql: postgres.Sql, perSecond: number, seconds: number): Promise<void> {
  const [begun, count] = [performance.now(), Math.round(perSecond * seconds)];
  for (let done = 0; done < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
    if (due > done) {
      await sql.begin((tx) => tx.unsafe(insertBatch, [due - done, count, count]));
      await sql`select pg_notify('strategy_executor_signals', 'bench events any')`;
      done = due;
    }
    await setTimeout(50);
  }
}

const insertBatch = `
  with sample as (
    select executions.*, series, callbacks.url, response from executions
    join execution_series on execution_series.execution_id = executions.id
    join callbacks on callbacks.execution_id = executions.id
    where status = 'completed' and sent
    order by executions.id desc limit 1
  ), ended as (
    insert into executions (client, strategy, version, status, parameters, execution_parameters, result, error_message,
      attempt, event_count, accepted_at, started_at, completed_at, label, schedule_id)
    select 'client-' || n % 50, case n % 7 when 0 then strategy else strategy || n % 7 end, version, end_status, parameters,
      execution_parameters, case end_status when 'completed' then result end,
      case end_status when 'completed' then null when 'failed' then 'Not enough prices' else 'Cancelled' end,
      1, 3, at, at + interval '5 ms', at + interval '12 ms',
      case when n % 10 = 0 then 'nightly ' || n % 1000 end, case when n % 40 = 0 then n % 30 + 1 end
    from sample, generate_series($2::int + 1, $2::int + $1::int) n,
      lateral (select case when n % 100 < 90 then 'completed' when n % 100 < 98 then 'failed' else 'cancelled' end as end_status,
        now() - interval '1 year' * (1 - n::float8 / $3::int) as at) ending
    returning id, status, started_at, completed_at, accepted_at, event_transaction
  ), event as (
    insert into execution_events (execution_id, number, status, at, transaction)
    select id, number, case number when 1 then 'pending' when 2 then 'running' else status end,
      case number when 1 then accepted_at when 2 then started_at else completed_at end, event_transaction
    from ended, generate_series(1, 3) number
  ), series as (
    insert into execution_series (execution_id, series)
    select ended.id, series from ended, sample where ended.status = 'completed'
  ), callback as (
    insert into callbacks (execution_id, url, state, sent, sent_at, response, attempts)
    select ended.id, url, 'ended', ended.id % 50 <> 0, case when ended.id % 50 <> 0 then ended.completed_at end, response, 1
    from ended, sample
    returning execution_id, url, coalesce(sent_at, now()) as sent_at
  )
  insert into delivery_attempts (execution_id, number, url, started_at, ended_at, status_code, response_text)
  select execution_id, 1, url, sent_at, sent_at, 200, 'ok' from callback`;
