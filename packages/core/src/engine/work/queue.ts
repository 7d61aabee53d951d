import {
  activeJobIds,
  bossStatements,
  type Database,
  type Db,
  type JobInsertion,
  jobInsertion,
} from "@strategy-executor/db";
import { type Clock, type JobInsert, PgBoss } from "pg-boss";
import type { Log } from "../../common/log.ts";
import { createJobRemoval } from "./job-removal.ts";
import { queueNames, type JobData, type NewJob, type QueueName, type TakenJob } from "./job.ts";

interface TakeOptions {
  readonly most: number;
  /** How many jobs of one group run at once, in all processes together. */
  readonly groupLimit?: number | undefined;
}

interface Taken {
  readonly jobs: readonly TakenJob[];
  /** There may be others that could be taken now. */
  readonly maybeMore: boolean;
}

/** The jobs that are to be done, each in the transaction that makes it necessary or superfluous. */
export interface Queue extends AsyncDisposable {
  add(tx: Db, name: QueueName, jobs: readonly NewJob[]): Promise<void>;
  /** The same as a part of another statement. Null without jobs. */
  insertion(name: QueueName, jobs: readonly NewJob[]): Promise<JobInsertion | null>;
  /** Adds the jobs that another statement makes. */
  readonly executionInsertion: JobInsertion;
  /** Takes jobs off to do them, most urgent first. A process that dies loses them to others. */
  take(name: QueueName, options: TakeOptions): Promise<Taken>;
  /** Removes jobs that are done. The ones that another process has taken over stay. */
  remove(tx: Db, name: QueueName, jobs: readonly TakenJob[]): Promise<void>;
  /**
   * Removes jobs soon that there is nothing left to do for, and never again will be. Whoever gets one all the same, because
   * this process ends before, is to find that.
   */
  forget(name: QueueName, jobs: readonly TakenJob[]): void;
  /** Gives a job back, to be taken again soon. */
  giveBack(name: QueueName, job: TakenJob, reason: string): Promise<void>;
  /** Says that this process is alive and at work on the jobs. */
  touch(name: QueueName, jobs: readonly TakenJob[]): Promise<void>;
}

export interface QueueOptions {
  readonly database: Database;
  readonly log: Log;
  /** Longest time that a job of the queue can rightly take. */
  readonly maxSeconds: Record<QueueName, number>;
  /** Whether this process looks after the queue: returns the jobs of dead workers, removes old ones. */
  readonly supervise: boolean;
  /** The system's when absent. */
  readonly clock?: Clock | undefined;
}

const yearSeconds = 365 * 24 * 3600;

/** Starts pg-boss on the service's database and makes its queues. */
export async function startQueue({ database, log, maxSeconds, supervise, clock }: QueueOptions): Promise<Queue> {
  const embedded = database.kind === "pglite";
  const boss = new PgBoss({
    ...database.bossOptions,
    ...(clock !== undefined && { clock }),
    schedule: false,
    supervise,
    // A dead worker's jobs are to be found within seconds. The embedded database has no other worker.
    superviseIntervalSeconds: embedded ? 30 : 1,
    monitorIntervalSeconds: embedded ? 30 : 1,
  });
  boss.on("error", (error) => log.error({ err: error }, "queue error"));
  boss.on("warning", (warning) => log.warn({ warning }, "queue warning"));
  await boss.start();
  for (const name of queueNames) await createQueue(boss, name, maxSeconds[name], embedded);
  if (embedded) await returnInterrupted(boss, database.db);

  const insertion = (name: QueueName, jobs: readonly NewJob[]) =>
    jobInsertion((db) => boss.insert(name, jobs.map(toInsert), { db }));
  const executionInsertion = await insertion("executions", []);
  const statements = bossStatements(database.db);
  // A take that a crash undoes is a job that is taken again, and a sign of life is followed by the next.
  const hasty = bossStatements(database.asyncCommitDb);

  async function remove(tx: Db, name: QueueName, jobs: readonly TakenJob[]): Promise<void> {
    if (jobs.length > 0) await boss.deleteJob(name, [...jobs], { db: bossStatements(tx) });
  }

  const removal = createJobRemoval({
    remove: (name, jobs) => remove(database.asyncCommitDb, name, jobs),
    log,
  });
  return {
    async add(tx, name, jobs) {
      if (jobs.length > 0) await boss.insert(name, jobs.map(toInsert), { db: bossStatements(tx) });
    },
    insertion: async (name, jobs) => (jobs.length === 0 ? null : insertion(name, jobs)),
    executionInsertion,
    async take(name, { most, groupLimit }) {
      const batchSize = powerOfTwoUpTo(most);
      const group = groupLimit !== undefined && { groupConcurrency: groupLimit };
      const jobs = await boss.fetch<JobData>(name, { batchSize, ...group, db: hasty });
      // A group that is at its limit can have stood in the way of others.
      jobs.sort(byUrgency);
      return { jobs, maybeMore: jobs.length === batchSize || (groupLimit !== undefined && jobs.length > 0) };
    },
    remove,
    forget: removal.forget,
    async giveBack(name, job, reason) {
      await boss.fail(name, job, { message: reason }, { db: statements });
    },
    async touch(name, jobs) {
      if (jobs.length > 0) await boss.touch(name, [...jobs], { db: hasty });
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

/** The number stands in the statement's text: few texts, each prepared once. */
function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

async function createQueue(boss: PgBoss, name: QueueName, maxSeconds: number, embedded: boolean): Promise<void> {
  const options = {
    // The engine counts attempts itself and settles what has had too many; the queue must never give up a job.
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: false,
    expireInSeconds: maxSeconds,
    retentionSeconds: 10 * yearSeconds,
    deleteAfterSeconds: 60,
    // A backlog is no fault, and pg-boss would say so each second.
    warningQueueSize: 2_000_000_000,
    ...(!embedded && { heartbeatSeconds: 10 }),
  };
  await boss.createQueue(name, options);
  await boss.updateQueue(name, options);
  // pg-boss reads a queue's settings at first use; inside a transaction on PGlite's one connection that would never end.
  await boss.touch(name, "00000000-0000-0000-0000-000000000000");
}

/** The lock proves that nobody else works on an embedded database: what is active was left by a process that is gone. */
async function returnInterrupted(boss: PgBoss, db: Db): Promise<void> {
  for (const name of queueNames) {
    const ids = await activeJobIds(db, name);
    if (ids.length > 0) await boss.fail(name, ids, { message: "The process ended" });
  }
}
