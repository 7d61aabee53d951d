import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase, type Db } from "@strategy-executor/db";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";

const punctual = 200;
const idleMs = 30_000;

/**
 * Schedules on PostgreSQL: how late fires are, how long it takes to submit very many that are due at once, and how often a service
 * without anything to do looks at its schedules.
 */
export async function schedules({ quick }: BenchOptions): Promise<Figures> {
  await using database = await startDatabase("postgres");
  await using server = await startServerLikeNpmStart(database.options);
  await using connected = await connectDatabase({ ...database.options, poolSize: 2 });
  const { db } = connected;
  await create(server.url);
  await db.execute("update schedules set next_at = now() + interval '1 year'");
  const idle = await idleStatements(db);

  await copy(db, punctual, "date_trunc('minute', now()) + interval '1 minute'");
  await until(db, "select count(*)::int as n from schedule_runs", punctual);
  const [late] = rowsIn<{ p50: number; worst: number }>(
    await db.execute(`
      select percentile_cont(0.5) within group (order by late) as p50, max(late) as worst
      from (select extract(epoch from created_at - fire_at)::float8 * 1000 as late from schedule_runs) runs`),
  );
  await until(db, "select count(*)::int as n from executions where completed_at is not null", punctual);
  await db.execute("delete from schedules");
  await create(server.url);

  const due = quick ? 1_000 : 10_000;
  await db.execute("update schedules set next_at = now() + interval '1 year'");
  const begun = performance.now();
  await copy(db, due, "date_trunc('minute', now())");
  await until(
    db,
    "select count(distinct schedule_id)::int as n from schedule_runs join schedules on id = schedule_id where execution_id is not null",
    due,
  );
  const submittedMs = performance.now() - begun;
  return {
    idle_statements_in_10_s: idle,
    punctual,
    late_p50_ms: late!.p50,
    late_worst_ms: late!.worst,
    due_at_once: due,
    all_submitted_ms: submittedMs,
  };
}

async function create(url: string): Promise<void> {
  const response = await fetch(`${url}/schedules/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      name: "original",
      strategy_name: "MovingAverageCrossover",
      parameters: { start_date: "2004-01-02", end_date: "2005-12-30" },
      when: { cron: "0 0 1 1 *" },
      catch_up_hours: 8_760,
    }),
  });
  if (response.status !== 201) throw new Error(await response.text());
}

/** Copies the original so many times, with a rule for each minute. */
async function copy(db: Db, count: number, nextAt: string): Promise<void> {
  await db.execute(`
    insert into schedules (client, name, spec, next_at)
    select client, 'copy ' || number, jsonb_set(spec::jsonb, '{when,cron}', '"* * * * *"')::json, ${nextAt}
    from schedules, generate_series(1, ${count}) as number where name = 'original'`);
}

async function until(db: Db, query: string, wanted: number): Promise<void> {
  for (;;) {
    const [row] = rowsIn<{ n: number }>(await db.execute(query));
    if (row!.n >= wanted) return;
    await sleep(50);
  }
}

/** Each look at the schedules scans the table or its index once. */
async function idleStatements(db: Db): Promise<number> {
  const scans = async () => {
    const [row] = rowsIn<{ n: number }>(
      await db.execute(`
        select (seq_scan + coalesce(idx_scan, 0))::int as n from pg_stat_user_tables where relname = 'schedules'`),
    );
    return row!.n;
  };
  await sleep(idleMs / 2);
  const before = await scans();
  await sleep(idleMs);
  return ((await scans()) - before) / (idleMs / 10_000);
}

/** Rows of a statement on PostgreSQL. */
function rowsIn<Row>(answer: unknown): Row[] {
  return [...(answer as Iterable<Row>)];
}
