import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** What a process that runs executions says about itself. */
export interface WorkerIdentity {
  /** Host and process number. */
  readonly name: string;
  readonly version: string;
  readonly threads: number;
}

export interface WorkerRecord extends WorkerIdentity {
  readonly id: number;
  /** Threads that computed at the last heartbeat. */
  readonly threadsBusy: number;
  readonly startedAt: Date;
  /** Last heartbeat. */
  readonly seenAt: Date;
  /** Whether its heartbeats are missing. */
  readonly isLost: boolean;
  /** The executions that it runs, oldest first, without sweeps. */
  readonly running: readonly RunningExecution[];
  /** How many steps of sweeps it has. */
  readonly sweepSteps: number;
}

export interface RunningExecution {
  readonly id: number;
  readonly client: string;
  readonly strategy: string;
  readonly attempt: number;
  /** When the attempt began. */
  readonly startedAt: Date;
}

/** Without a heartbeat for so long a worker is presumed dead. The queue hands out its jobs after the same time. */
export const workerLostAfterSeconds = 10;

/** Adds a worker and returns its id. */
export async function addWorker(db: Db, { name, version, threads }: WorkerIdentity): Promise<number> {
  const [row] = rowsOf<{ id: number }>(
    await db.execute(
      sql`insert into workers (name, version, threads) values (${name}, ${version}, ${threads}) returning id`,
    ),
  );
  return row!.id;
}

/** Records a heartbeat. */
export async function touchWorker(db: Db, id: number, threadsBusy: number): Promise<void> {
  await db.execute(
    sql`update workers set seen_at = now(), lost_at = null, threads_busy = ${threadsBusy}::int where id = ${id}`,
  );
}

/** Records that a worker has ended in order. */
export async function endWorker(db: Db, id: number): Promise<void> {
  await db.execute(sql`update workers set seen_at = now(), lost_at = null, ended_at = now() where id = ${id}`);
}

/** Lists the workers that have not ended, newest first, without those that were lost more than a day ago. */
export async function listWorkers(db: Db, limit: number): Promise<WorkerRecord[]> {
  const rows = rowsOf<WorkerRow>(
    await db.execute(sql`
      with present as (
        select *, ${isSilent} as lost from workers
        where ended_at is null and seen_at > now() - interval '1 day'
        order by lost, id desc limit ${limit}
      ), run as (
        select began.worker, json_agg(json_build_object('id', executions.id, 'client', client, 'strategy', strategy,
          'attempt', attempt, 'started_at', began.at) order by executions.id) as executions
        from executions join execution_events began
          on began.execution_id = executions.id and began.number = executions.event_count
        where executions.status = 'running' and began.worker in (select id from present)
          and not exists (select from sweeps where execution_id = executions.id)
        group by began.worker
      ), steps as (
        select worker, count(*)::int as steps from executions
          join sweeps on sweeps.execution_id = executions.id
          join sweep_steps on sweep_steps.execution_id = executions.id and outcome is null and worker is not null
        where executions.status = 'running' group by worker
      )
      select present.id, name, version, threads, threads_busy, started_at, seen_at, lost, run.executions,
        coalesce(steps, 0) as steps
      from present left join run on run.worker = present.id left join steps on steps.worker = present.id
      order by lost, present.id desc`),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    threads: row.threads,
    threadsBusy: row.threads_busy,
    startedAt: new Date(row.started_at),
    seenAt: new Date(row.seen_at),
    isLost: row.lost,
    sweepSteps: row.steps,
    running: (row.executions ?? []).map(({ started_at, ...execution }) => ({
      ...execution,
      startedAt: new Date(started_at),
    })),
  }));
}

/** Running attempts over all workers. */
export interface OldestRunning {
  /** How long the oldest attempt has run; 0 when none runs. */
  readonly ageSeconds: number;
  /** Executions that show `running` although their worker is lost or has ended. */
  readonly withoutWorker: number;
}

/** Finds the oldest running attempt, and the executions whose worker is lost. Sweeps are left out. */
export async function oldestRunning(db: Db): Promise<OldestRunning> {
  const [row] = rowsOf<{ age: number | null; without: number }>(
    await db.execute(sql`
      select extract(epoch from now() - min(began.at))::float8 as age,
        count(*) filter (where workers.id is null or ended_at is not null or ${isSilent})::int as without
      from executions
        join execution_events began on began.execution_id = executions.id and began.number = executions.event_count
        left join workers on workers.id = began.worker
      where executions.status = 'running' and not exists (select from sweeps where execution_id = executions.id)`),
  );
  return { ageSeconds: Math.max(row!.age ?? 0, 0), withoutWorker: row!.without };
}

/** Removes workers that have been lost longer than any execution is kept. */
export async function removeExpiredWorkers(db: Db, days: number): Promise<void> {
  await db.execute(
    sql`delete from workers where seen_at < now() - make_interval(secs => ${(days + 1) * 86_400}::float8)`,
  );
}

/** SQL condition on a worker: its heartbeats are missing. */
export const isSilent = sql.raw(`seen_at < now() - interval '${workerLostAfterSeconds} seconds'`);

interface WorkerRow {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly threads_busy: number;
  readonly started_at: string;
  readonly seen_at: string;
  readonly lost: boolean;
  readonly steps: number;
  readonly executions: readonly (Omit<RunningExecution, "startedAt"> & { readonly started_at: string })[] | null;
}
