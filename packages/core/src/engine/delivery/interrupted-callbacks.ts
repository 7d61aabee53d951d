import { setTimeout as after } from "node:timers/promises";
import { type AttemptAge, type Database, interruptedCallbacks } from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { callbackJob } from "../lifecycle/lifecycle.ts";
import type { Queue } from "../work/queue.ts";

export interface InterruptedCallbacksOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  readonly log: Log;
  /** How long after its begin an attempt without an answer is taken for interrupted. */
  readonly afterMs: number;
}

const everyMs = 1_000;
/** What was missed, because nobody was there to look, is found now and then. */
const everythingMs = 60_000;
/** A look that has not come back by then is lost with its connection. */
const longestMs = 10_000;
const batch = 1_000;

/**
 * Queues callbacks whose first attempt was made by the process that ended the execution, without a job, and got no answer on
 * record. For those that were sent again meanwhile, and taken, there is nothing to do but to close that attempt. In an embedded
 * database, which nobody else works on, all attempts without an answer are such at the start.
 */
export async function startInterruptedCallbacks(options: InterruptedCallbacksOptions): Promise<AsyncDisposable> {
  const { database, queue, signals, log, afterMs } = options;
  let ending = false;
  let lookedAtAll = -Infinity;
  let looking: { readonly since: number; readonly done: Promise<void> } | null = null;

  async function queueThose(age: AttemptAge): Promise<void> {
    let found;
    do {
      found = await interruptedCallbacks(database.db, { ...age, limit: batch });
      if (found.length === 0) return;
      // Where another process adds the same job, one of the two does nothing.
      await queue.add(
        database.db,
        "callbacks",
        found.map(({ executionId, ...callback }) => callbackJob(executionId, callback)),
      );
      log.info({ callbacks: found.length }, "callbacks without an answer queued again");
      signals.send("jobs", "callbacks");
    } while (found.length === batch && !ending);
  }

  function look(): void {
    const now = performance.now();
    if (looking !== null && now - looking.since < longestMs) return;
    const atAll = now - lookedAtAll >= everythingMs;
    const done = queueThose({ olderThanMs: afterMs, newerThanMs: atAll ? null : afterMs + everythingMs }).then(
      () => void (atAll && (lookedAtAll = now)),
      (error: unknown) => log.warn({ err: error }, "callbacks without an answer could not be looked for"),
    );
    const current = { since: now, done };
    looking = current;
    void done.then(() => looking === current && (looking = null));
  }

  if (database.kind === "pglite") await queueThose({ olderThanMs: 0, newerThanMs: null });
  const timer = setInterval(look, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      ending = true;
      clearInterval(timer);
      await Promise.race([looking?.done, after(everyMs)]);
    },
  };
}
