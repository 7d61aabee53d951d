import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase, type Db } from "@strategy-executor/db";
import { audit, startPostgres, unfinished } from "@strategy-executor/db/testing";
import { type CountingReceiver, startCountingReceiver } from "./counting-receiver.ts";
import { createRandom } from "./random.ts";
import type { Report } from "./report.ts";
import { superviseProcess } from "./supervised-process.ts";

export interface ScheduleChaosOptions {
  readonly seed: number;
  /** How often a worker is killed. */
  readonly kills: number;
  /** Called with each wave of schedules. */
  readonly log: (line: string) => void;
}

const schedulesPerWave = 10;
/** Fires that a schedule has missed when it comes into being. All of them are caught up. */
const missedMinutes = 20;
const minPauseMs = 100;
const maxPauseMs = 900;
const idleTimeoutMs = 180_000;

/**
 * Two workers that fire, submit, execute, end and notify runs of schedules, and are killed at any moment of it. The seed decides
 * when.
 */
export async function chaosOnSchedules({ seed, kills, log }: ScheduleChaosOptions): Promise<Report> {
  const random = createRandom(seed);
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres({ durable: true }));
  const options = { databaseUrl: postgres.url };
  const receiver = stack.use(await startCountingReceiver(createRandom(seed)));
  const supervise = async (role: "api" | "worker") => {
    const environment = {
      ROLE: role,
      COMPUTE_THREADS: "2",
      EXECUTION_MAX_ATTEMPTS: "100",
      CALLBACK_MAX_ATTEMPTS: "10",
    };
    const supervised = await superviseProcess(role, options, environment);
    stack.defer(() => supervised.stop("SIGKILL"));
    return supervised;
  };
  const api = await supervise("api");
  const workers = await Promise.all([supervise("worker"), supervise("worker")]);
  const { db } = stack.use(await connectDatabase({ ...options, poolSize: 2 }));

  let schedules = 0;
  const addWave = async () => {
    for (let index = 0; index < schedulesPerWave; index += 1) {
      await createSchedule(api.process!.url, `schedule ${(schedules += 1)}`, receiver.url);
    }
    await db.execute(`
      update schedules set next_at = date_trunc('minute', now()) - interval '${missedMinutes} minutes'
      where id > ${schedules - schedulesPerWave}`);
    log(`${schedules} schedules`);
  };
  let killed = 0;
  let openAtKill = 0;
  while (killed < kills) {
    if ((await openRuns(db)) === 0) await addWave();
    await sleep(random.between(minPauseMs, maxPauseMs));
    const running = workers.filter(({ process }) => process !== null);
    if (running.length === 0) {
      await Promise.any(workers.map((worker) => worker.started()));
      continue;
    }
    await random.pick(running).end("SIGKILL", random.between(0, 300));
    killed += 1;
    if ((await openRuns(db)) > 0) openAtKill += 1;
  }
  // No more fires: what has fired is verified.
  await db.execute("update schedules set next_at = now() + interval '1 year'");
  await Promise.all(workers.map((worker) => worker.started()));
  log("waiting until everything is idle");
  const deadline = performance.now() + idleTimeoutMs;
  while ((await openRuns(db)) + (await unfinished(db)) > 0 && performance.now() < deadline) await sleep(500);
  await Promise.all([api, ...workers].map((process) => process.stop("SIGTERM")));
  const runs = await readRuns(db);
  const { violations, rerun, interruptedDeliveries } = await audit(db);
  return {
    figures: {
      kills,
      "kills with open runs": openAtKill,
      schedules,
      fires: runs.length,
      "superseded by the next fire": runs.filter(({ state }) => state === "superseded").length,
      "executions run again": rerun,
      "decisions changed": runs.filter(({ changed }) => changed === true).length,
      "notifications withheld": runs.filter(({ notification }) => notification === "withheld").length,
      "deliveries interrupted": interruptedDeliveries,
      "callbacks received": [...receiver.arrivals.values()].reduce((sum, { count }) => sum + count, 0),
    },
    violations: [
      ...violations,
      ...[api, ...workers].flatMap(({ failures }) => failures),
      ...problemsOf(runs, schedules, receiver),
      ...(await strayExecutions(db)),
    ],
  };
}

async function createSchedule(url: string, name: string, callbackUrl: string): Promise<void> {
  const response = await fetch(`${url}/schedules/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      name,
      strategy_name: "MovingAverageCrossover",
      parameters: { short_window: 5, long_window: 20, start_date: "2004-01-02", end_date: "2005-12-30" },
      when: { cron: "* * * * *" },
      catch_up: "all",
      callback: { url: callbackUrl, max_attempts: 10 },
    }),
  });
  if (response.status !== 201)
    throw new Error(`${name} was answered with ${response.status}: ${await response.text()}`);
}

async function openRuns(db: Db): Promise<number> {
  const [row] = rowsIn<{ n: number }>(
    await db.execute("select count(*)::int as n from schedule_runs where state in ('waiting', 'executing')"),
  );
  return row!.n;
}

interface Run {
  readonly schedule_id: number;
  readonly fire_ms: number;
  readonly state: string;
  readonly changed: boolean | null;
  readonly notification: string;
  readonly execution_id: number | null;
  readonly has_callback: boolean;
}

async function readRuns(db: Db): Promise<Run[]> {
  return rowsIn<Run>(
    await db.execute(`
      select schedule_id::float8 as schedule_id, extract(epoch from fire_at)::float8 * 1000 as fire_ms, run.state, changed,
        notification, run.execution_id::float8 as execution_id, callbacks.execution_id is not null as has_callback
      from schedule_runs run left join callbacks on callbacks.execution_id = run.execution_id
      order by schedule_id, fire_at`),
  );
}

/**
 * Checks one run per minute, one execution per run, and one changed decision per schedule with its notification. A run that had
 * not begun when the next one fired is superseded, and has none of these.
 */
function problemsOf(runs: readonly Run[], schedules: number, { arrivals }: CountingReceiver): string[] {
  const bySchedule = Map.groupBy(runs, ({ schedule_id }) => schedule_id);
  const problems = bySchedule.size === schedules ? [] : [`${bySchedule.size} of ${schedules} schedules have fired`];
  const begun = runs.filter(({ state }) => state !== "superseded");
  const executions = new Set(begun.map(({ execution_id }) => execution_id));
  if (executions.size !== begun.length) problems.push(`${begun.length} runs have ${executions.size} executions`);
  for (const [id, own] of bySchedule) {
    const gap = own.findIndex(({ fire_ms }, index) => index > 0 && fire_ms - own[index - 1]!.fire_ms !== 60_000);
    if (gap > 0 || own.length <= missedMinutes) problems.push(`schedule ${id} has not fired each minute`);
    const changed = own.filter((run) => run.changed === true);
    if (own.at(-1)!.state !== "ended") problems.push(`the last run of schedule ${id} is ${own.at(-1)!.state}`);
    if (changed.length !== 1) problems.push(`schedule ${id} has ${changed.length} changed decisions`);
  }
  for (const { schedule_id, fire_ms, state, changed, notification, execution_id, has_callback } of runs) {
    const name = `run ${schedule_id} at ${new Date(fire_ms).toISOString()}`;
    if (state === "superseded") {
      if (execution_id !== null || changed !== null) problems.push(`${name} is superseded and has an execution`);
      continue;
    }
    if (state !== "ended" || execution_id === null) problems.push(`${name} is ${state}`);
    const isTold = execution_id !== null && arrivals.has(execution_id);
    if (changed === true && !isTold) problems.push(`${name} changed the decision and was not told`);
    if (changed !== true && (isTold || has_callback)) problems.push(`${name} was told without a change`);
    if ((notification === "due") !== (changed === true)) problems.push(`${name} is ${notification} and ${changed}`);
  }
  return problems;
}

async function strayExecutions(db: Db): Promise<string[]> {
  const rows = rowsIn<{ id: number }>(
    await db.execute(`
      select id::float8 as id from executions
      where not exists (select from schedule_runs where execution_id = executions.id)`),
  );
  return rows.map(({ id }) => `execution ${id} belongs to no run`);
}

/** Rows of a statement on PostgreSQL. */
function rowsIn<Row>(answer: unknown): Row[] {
  return [...(answer as Iterable<Row>)];
}
