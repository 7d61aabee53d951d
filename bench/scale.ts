import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import postgres from "postgres";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { insertFinishedExecutions } from "./measuring/finished-executions.ts";
import { percentile } from "./measuring/percentile.ts";
import type { LoadAnswer, LoadQuestion } from "./processes/load.ts";
import { startProcess } from "./processes/process.ts";
import type { ReceiverAnswer, ReceiverQuestion } from "./processes/receiver.ts";
import { bodyOf, strategiesDir } from "./service/workloads.ts";

const few = 600;
/** Enough that most filters fill a page. */
const many = 5_000;
const rounds = 200;

/**
 * The latency of requests with a million finished executions, compared with some thousand on the same server: the status of
 * one, pages of the list by various filters, a submission. Fails on a sequential scan of a table that grows with the executions.
 */
export async function scale(options: BenchOptions): Promise<Figures> {
  if (options.database !== "postgres") throw new Error("bench scale fills a PostgreSQL: --database postgres");
  const count = options.backlog ?? (options.quick ? 50_000 : 1_000_000);
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const receiver = stack.use(startProcess<ReceiverQuestion, ReceiverAnswer>("receiver"));
  const { url: callbackUrl } = await receiver.ask({ kind: "reset" });
  const database = stack.use(await startDatabase("postgres"));
  const server = stack.use(await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir }));
  const sql = postgres(database.options.databaseUrl!, { max: 1, onnotice: () => undefined });
  stack.defer(() => sql.end());

  const bodies = bodyOf("no_op", 0, callbackUrl);
  const url = `${server.url}/strategies/execute/`;
  await load.ask({ kind: "burst", url, bodies, count: few, concurrency: 8 });
  await receiver.ask({ kind: "arrivals", count: few, silenceMs: 60_000 });
  // So that filters find pages of the same length before and after.
  await insertFinishedExecutions(sql, many);

  const before = await measure(server.url, sql);
  const begun = performance.now();
  await insertFinishedExecutions(sql, count);
  const fillSeconds = (performance.now() - begun) / 1000;
  const scans = await sequentialScans(sql);
  const after = await measure(server.url, sql);
  const newScans = (await sequentialScans(sql)) - scans;
  if (newScans > 0) throw new Error(`${newScans} sequential scans of tables that grow with the executions`);

  const figures: Record<string, number> = { executions: count, fill_per_s: count / fillSeconds };
  for (const name of requestNames) {
    figures[`${name}_few_p50_ms`] = percentile(before[name], 50);
    figures[`${name}_many_p50_ms`] = percentile(after[name], 50);
    figures[`${name}_ratio`] = figures[`${name}_many_p50_ms`]! / figures[`${name}_few_p50_ms`]!;
  }
  return figures;
}

/** Filters of the list. The last ones match nothing, which must not take a search through everything. */
const filters = {
  status_page: "status=completed",
  states_page: "status=failed,cancelled",
  strategy_page: "strategy=Fixed",
  strategy_and_state_page: "strategy=Fixed3&status=failed",
  time_page: "since=MONTH_AGO&until=WEEK_AGO",
  callback_page: "callback=given_up",
  delivered_page: "callback=delivered",
  label_page: "label=nightly%201",
  schedule_page: "schedule_id=11",
  several_page: "strategy=Fixed3&status=completed,failed&callback=delivered&since=MONTH_AGO",
  no_sweep_page: "kind=sweep",
  no_callback_due_page: "callback=due",
  // Examined up to a number of executions.
  no_receiver_page: "receiver=https://nobody.example",
  without_callback_page: "callback=none",
  no_strategy_page: "strategy=Nothing&status=failed",
  no_label_page: "label=absent",
} as const;

const requestNames = [
  "status",
  "first_page",
  "deep_page",
  ...(Object.keys(filters) as (keyof typeof filters)[]),
  "submit",
] as const;
type Latencies = Record<(typeof requestNames)[number], number[]>;

/** Sends one request at a time, the kinds in turn, so that temporary load affects all of them. */
async function measure(url: string, sql: postgres.Sql): Promise<Latencies> {
  const [range] = await sql<{ min: number; max: number }[]>`
    select min(id)::float8 as min, max(id)::float8 as max from executions`;
  const { min, max } = range!;
  const anyId = () => min + Math.floor(Math.random() * (max - min));
  const latencies = Object.fromEntries(requestNames.map((name) => [name, [] as number[]])) as Latencies;
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const list = (filter: string) =>
    fetch(`${url}/executions/?${filter.replace("MONTH_AGO", daysAgo(30)).replace("WEEK_AGO", daysAgo(7))}`);
  const submission = JSON.stringify({
    strategy_name: "Fixed",
    parameters: { start_date: "2024-12-02", end_date: "2024-12-31" },
  });
  const requests: Record<keyof Latencies, () => Promise<Response>> = {
    status: () => fetch(`${url}/executions/${anyId()}/`),
    first_page: () => fetch(`${url}/executions/`),
    deep_page: () => fetch(`${url}/executions/?cursor=${Math.floor((min + max) / 2)}`),
    ...mapValues(filters, (filter) => () => list(filter)),
    submit: () =>
      fetch(`${url}/strategies/execute/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: submission,
      }),
  };
  for (let round = 0; round < rounds + warmUp; round += 1) {
    for (const name of requestNames) {
      const begun = performance.now();
      const response = await requests[name]();
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${name} was answered with ${response.status}`);
      if (round >= warmUp) latencies[name].push(performance.now() - begun);
    }
  }
  return latencies;
}

const warmUp = 30;

function mapValues<Key extends string, From, To>(of: Readonly<Record<Key, From>>, to: (value: From) => To) {
  return Object.fromEntries(Object.entries<From>(of).map(([key, value]) => [key, to(value)])) as Record<Key, To>;
}

/** The number of sequential scans of tables that grow with the executions. */
async function sequentialScans(sql: postgres.Sql): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ scans: number }[]>`
    select sum(seq_scan)::float8 as scans from pg_stat_user_tables
    where relname in ('executions', 'callbacks', 'execution_events', 'execution_series', 'delivery_attempts')`;
  return row!.scans;
}
