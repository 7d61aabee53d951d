import { type Database, interruptedCallbacks } from "@strategy-executor/db";
import type { Signals } from "../live/signals.ts";
import type { Log } from "../log.ts";
import { callbackJob } from "./lifecycle.ts";
import type { Queue } from "./queue.ts";

export interface InterruptedCallbacksOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  readonly log: Log;
  /** How long after its begin an attempt without an answer is taken for interrupted. */
  readonly afterMs: number;
}

const everyMs = 1_000;
const batch = 1_000;

/**
 * Queues callbacks whose first attempt was made by the process that ended the execution, without a job, and got no answer on
 * record. In an embedded database, which nobody else works on, all that are found at the start are such.
 */
export async function startInterruptedCallbacks(options: InterruptedCallbacksOptions): Promise<AsyncDisposable> {
  const { database, queue, signals, log, afterMs } = options;
  let looking: Promise<void> = Promise.resolve();

  async function queueThose(olderThanMs: number): Promise<void> {
    const found = await interruptedCallbacks(database.db, { olderThanMs, limit: batch });
    if (found.length === 0) return;
    // Where another process adds the same job, one of the two does nothing.
    await queue.add(
      database.db,
      "callbacks",
      found.map(({ executionId, ...callback }) => callbackJob(executionId, callback)),
    );
    log.info({ callbacks: found.length }, "callbacks without an answer queued again");
    signals.send("jobs", "callbacks");
    if (found.length === batch) await queueThose(olderThanMs);
  }

  if (database.kind === "pglite") await queueThose(0);
  const timer = setInterval(() => {
    looking = looking
      .then(() => queueThose(afterMs))
      .catch((error: unknown) => log.warn({ err: error }, "callbacks without an answer could not be looked for"));
  }, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
    },
  };
}
