import {
  activeJobIds,
  bossStatements,
  type Database,
  type Db,
  type JobInsertion,
  readJobInsertion,
} from "@strategy-executor/db";
import { type Clock, type Job, type JobInsert, PgBoss } from "pg-boss";
import type { Log } from "../../common/log.ts";
import { createJobRemoval } from "./job-removal.ts";
import { queueNames, type JobData, type NewJob, type QueueName, type TakenJob, toNewJob } from "./job.ts";

interface TakeOptions {
  readonly max: number;
  /** How many jobs of one group may run at once, over all processes. */
  readonly groupLimit?: number | undefined;
}

interface Taken {
  readonly jobs: readonly TakenJob[];
  /** Whether more jobs may be ready now. */
  readonly maybeMore: boolean;
}

/** The job queue. Jobs are added and removed in the transaction that makes them necessary or superfluous. */
export interface Queue extends AsyncDisposable {
  add(tx: Db, name: QueueName, jobs: readonly NewJob[]): Promise<void>;
  /** Adds the jobs of executions in the statement that accepts them. */
  readonly executionJobs: JobInsertion;
  /** Fetches jobs, most urgent first. If the process dies, other processes get the jobs. */
  take(name: QueueName, options: TakeOptions): Promise<Taken>;
  /** Removes finished jobs. Jobs that another process has fetched since stay. */
  remove(tx: Db, name: QueueName, jobs: readonly TakenJob[]): Promise<void>;
  /**
   * Removes finished jobs in the background. If this process ends first, the next handler finds that nothing is left to do.
   */
  removeLater(name: QueueName, jobs: readonly TakenJob[]): void;
  /** Makes a job available again after a second. */
  requeue(name: QueueName, job: TakenJob, reason: string): Promise<void>;
  /** Sends a heartbeat for running jobs. */
  touch(name: QueueName, jobs: readonly TakenJob[]): Promise<void>;
}

export interface QueueOptions {
  readonly database: Database;
  readonly log: Log;
  /** Longest time that a job of the queue may take in this process. */
  readonly maxSeconds: Record<QueueName, number>;
  /**
   * Whether this process takes jobs. It then maintains the queue: requeues the jobs of dead workers, removes old ones, and raises
   * the limits of the queues to its own.
   */
  readonly works: boolean;
  /** The system's when absent. */
  readonly clock?: Clock | undefined;
}

const yearSeconds = 365 * 24 * 3600;
/** Limit of pg-boss. */
export const longestSeconds = 24 * 3600;

/** Starts pg-boss on the service's database and creates its queues. */
export async function startQueue({ database, log, maxSeconds, works, clock }: QueueOptions): Promise<Queue> {
  const embedded = database.kind === "pglite";
  const boss = new PgBoss({
    ...database.bossOptions,
    ...(clock !== undefined && { clock }),
    schedule: false,
    supervise: works,
    // Requeues a dead worker's jobs within seconds. The embedded database has no other worker.
    superviseIntervalSeconds: embedded ? 30 : 1,
    monitorIntervalSeconds: embedded ? 30 : 1,
  });
  boss.on("error", (error) => log.error({ err: error }, "queue error"));
  boss.on("warning", (warning) => log.warn({ warning }, "queue warning"));
  await boss.start();
  for (const name of queueNames) await createQueue(boss, name, { expireInSeconds: limitOf(name), works, embedded });
  if (embedded) await requeueInterrupted(boss, database.db);

  const executionJobs = await readJobInsertion((db) => boss.insert("executions", [{}], { db }));
  const statements = bossStatements(database.db);
  // Losing a fetch or a heartbeat in a crash is harmless: the job is fetched again and the next heartbeat follows.
  const asyncCommit = bossStatements(database.asyncCommitDb);

  async function remove(tx: Db, name: QueueName, jobs: readonly TakenJob[]): Promise<void> {
    if (jobs.length > 0) await boss.deleteJob(name, [...jobs], { db: bossStatements(tx) });
  }

  function limitOf(name: QueueName): number {
    return Math.min(maxSeconds[name], longestSeconds);
  }

  /**
   * Replaces jobs that were added before the time limit of the queue was raised, because they would be taken from this worker while they
   * run. Returns the others.
   */
  async function withoutShortLimits(name: QueueName, jobs: readonly Job<JobData>[]): Promise<TakenJob[]> {
    const expireInSeconds = limitOf(name);
    const [fit, short] = [jobs.filter(fits), jobs.filter((job) => !fits(job))];
    function fits(job: Job<JobData>): boolean {
      return job.expireInSeconds >= expireInSeconds;
    }
    if (short.length > 0) {
      await database.db.transaction(async (tx) => {
        await remove(tx, name, short);
        const inserts = short.map((job) => ({ ...toInsert(toNewJob(job)), expireInSeconds }));
        await boss.insert(name, inserts, { db: bossStatements(tx) });
      });
    }
    return fit;
  }

  const removal = createJobRemoval({
    remove: (name, jobs) => remove(database.asyncCommitDb, name, jobs),
    log,
  });
  return {
    executionJobs,
    async add(tx, name, jobs) {
      if (jobs.length > 0) await boss.insert(name, jobs.map(toInsert), { db: bossStatements(tx) });
    },
    async take(name, { max, groupLimit }) {
      const batchSize = powerOfTwoUpTo(max);
      const group = groupLimit !== undefined && { groupConcurrency: groupLimit };
      const jobs = await boss.fetch<JobData>(name, { batchSize, ...group, db: asyncCommit });
      const fit = await withoutShortLimits(name, jobs);
      // `fetch` returns jobs in no order.
      fit.sort(byUrgency);
      // A group at its limit may have hidden jobs of other groups, and a replaced job is ready again.
      const isPartial = groupLimit !== undefined && jobs.length > 0;
      return { jobs: fit, maybeMore: jobs.length === batchSize || isPartial || fit.length < jobs.length };
    },
    remove,
    removeLater: removal.removeLater,
    async requeue(name, job, reason) {
      await boss.fail(name, job, { message: reason }, { db: statements });
    },
    async touch(name, jobs) {
      if (jobs.length > 0) await boss.touch(name, [...jobs], { db: asyncCommit });
    },
    async [Symbol.asyncDispose]() {
      await removal.drain();
      await boss.stop({ graceful: false, close: true });
    },
  };
}

function toInsert({ executionId, step, id, priority, delayMs, group, redelivery }: NewJob): JobInsert<JobData> {
  return {
    data: {
      execution_id: executionId,
      ...(step !== undefined && { step }),
      ...(redelivery !== undefined && { redelivery }),
      ...(priority !== undefined && { priority }),
    },
    ...(id !== undefined && { id }),
    ...(priority !== undefined && { priority }),
    ...(delayMs !== undefined && { startAfter: delayMs / 1000 }),
    ...(group !== undefined && { group: { id: group } }),
  };
}

function byUrgency({ data: a }: TakenJob, { data: b }: TakenJob): number {
  return (b.priority ?? 0) - (a.priority ?? 0) || a.execution_id - b.execution_id;
}

/** pg-boss writes the limit into the statement's text. Few values keep the number of prepared statements small. */
function powerOfTwoUpTo(max: number): number {
  return 2 ** Math.floor(Math.log2(max));
}

interface NewQueue {
  readonly expireInSeconds: number;
  readonly works: boolean;
  readonly embedded: boolean;
}

/**
 * A process that only submits leaves the limit of an existing queue alone, because it does not know how long the workers let
 * their jobs run. Workers only raise it, for the same reason.
 */
async function createQueue(
  boss: PgBoss,
  name: QueueName,
  { expireInSeconds, works, embedded }: NewQueue,
): Promise<void> {
  const options = {
    // The engine counts attempts and fails executions that had too many. The queue must never fail a job.
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: false,
    retentionSeconds: 10 * yearSeconds,
    deleteAfterSeconds: 60,
    // A backlog is normal; pg-boss would warn about it each second.
    warningQueueSize: 2_000_000_000,
    ...(!embedded && { heartbeatSeconds: 10 }),
  };
  await boss.createQueue(name, { ...options, expireInSeconds });
  const current = (await boss.getQueue(name))?.expireInSeconds ?? 0;
  await boss.updateQueue(name, { ...options, ...(works && current < expireInSeconds && { expireInSeconds }) });
  // pg-boss reads a queue's settings at first use. Inside a transaction on PGlite's single connection that would deadlock.
  await boss.touch(name, "00000000-0000-0000-0000-000000000000");
}

/** The lock on the data folder proves that no other process is alive, so every active job belongs to a dead one. */
async function requeueInterrupted(boss: PgBoss, db: Db): Promise<void> {
  for (const name of queueNames) {
    const ids = await activeJobIds(db, name);
    if (ids.length > 0) await boss.fail(name, ids, { message: "The process ended" });
  }
}
