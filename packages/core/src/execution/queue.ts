import { activeJobIds, bossTransaction, type Database, type Db, notify, type Settled } from "@strategy-executor/db";
import { PgBoss } from "pg-boss";
import type { Log } from "../log.ts";

const queueNames = ["executions", "callbacks"] as const;
export type QueueName = (typeof queueNames)[number];

/** What both queues carry: the execution to run, or to deliver the callback of. */
export interface JobData {
  readonly execution_id: number;
}

export interface Queue extends AsyncDisposable {
  readonly boss: PgBoss;
  /**
   * Queues a job within the transaction that makes it necessary, and announces it with the commit.
   * `group` bounds how many of its jobs run at once.
   */
  enqueue(tx: Db, name: QueueName, data: JobData, group?: string): Promise<void>;
  /** Calls `onJobs` when jobs may be there: announced by any process, or after a reconnection. Returns how to stop. */
  listen(onJobs: (name: QueueName) => void): Promise<() => Promise<void>>;
}

export interface QueueOptions {
  readonly database: Database;
  readonly log: Log;
  /** Longest time that a job of the queue can rightly take. */
  readonly maxSeconds: Record<QueueName, number>;
  /** Whether this process looks after the queue: returns the jobs of dead workers, removes old ones. */
  readonly supervise: boolean;
}

const channel = "strategy_executor_jobs";
const yearSeconds = 365 * 24 * 3600;

/** Starts pg-boss on the service's database and makes its two queues. */
export async function startQueue({ database, log, maxSeconds, supervise }: QueueOptions): Promise<Queue> {
  const embedded = database.kind === "pglite";
  const boss = new PgBoss({
    ...database.bossOptions,
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

  return {
    boss,
    async enqueue(tx, name, data, group) {
      await Promise.all([
        boss.send(name, data, { db: bossTransaction(tx), ...(group !== undefined && { group: { id: group } }) }),
        notify(tx, channel, name),
      ]);
    },
    listen: (onJobs) =>
      database.listen(
        channel,
        (payload) => onJobs(payload as QueueName),
        () => queueNames.forEach(onJobs),
      ),
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false, close: true }),
  };
}

/** Queues the callback that became due when an execution was settled, if one did. */
export async function enqueueCallback(
  queue: Queue,
  tx: Db,
  executionId: number,
  settled: Settled | null,
): Promise<void> {
  if (settled === null || settled.callbackUrl === null) return;
  await queue.enqueue(tx, "callbacks", { execution_id: executionId }, new URL(settled.callbackUrl).origin);
}

async function createQueue(boss: PgBoss, name: QueueName, maxSeconds: number, embedded: boolean): Promise<void> {
  const options = {
    // The engine counts attempts itself and settles what has had too many; the queue must never give up a job.
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 30,
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
