import { setTimeout as after } from "node:timers/promises";
import { type AttemptAge, type Database, interruptedCallbacks } from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { callbackJob } from "./callback-job.ts";
import type { Queue } from "../work/queue.ts";

export interface InterruptedCallbacksOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  readonly log: Log;
  /** The age at which an attempt without a response counts as interrupted. */
  readonly afterMs: number;
}

const pollMs = 1_000;
/** A poll reads recent attempts only. A full scan at this interval finds attempts that were interrupted while no process was running. */
const fullScanMs = 60_000;
/** A poll that takes longer counts as lost with its connection. */
const pollTimeoutMs = 10_000;
const batchSize = 1_000;

/**
 * Queues callbacks whose first attempt, made without a job by the process that ended the execution, has no recorded response.
 * If such a callback has been redelivered meanwhile, its handler only closes the attempt. On an embedded database, which no
 * other process uses, every attempt without a response counts as interrupted at the start.
 */
export async function startInterruptedCallbacks(options: InterruptedCallbacksOptions): Promise<AsyncDisposable> {
  const { database, queue, signals, log, afterMs } = options;
  let ending = false;
  let fullScanAt = -Infinity;
  let polling: { readonly since: number; readonly done: Promise<void> } | null = null;

  async function queueInterrupted(age: AttemptAge): Promise<void> {
    let found;
    do {
      found = await interruptedCallbacks(database.db, { ...age, limit: batchSize });
      if (found.length === 0) return;
      // The job id is the callback's: adding the same job in two processes leaves one.
      await queue.add(
        database.db,
        "callbacks",
        found.map(({ executionId, ...callback }) => callbackJob(executionId, callback)),
      );
      log.info({ callbacks: found.length }, "interrupted callbacks queued");
      signals.send("jobs", "callbacks");
    } while (found.length === batchSize && !ending);
  }

  function poll(): void {
    const now = performance.now();
    if (polling !== null && now - polling.since < pollTimeoutMs) return;
    const isFullScan = now - fullScanAt >= fullScanMs;
    const done = queueInterrupted({ olderThanMs: afterMs, newerThanMs: isFullScan ? null : afterMs + fullScanMs }).then(
      () => void (isFullScan && (fullScanAt = now)),
      (error: unknown) => log.warn({ err: error }, "interrupted callbacks could not be read"),
    );
    const current = { since: now, done };
    polling = current;
    void done.then(() => polling === current && (polling = null));
  }

  if (database.kind === "pglite") await queueInterrupted({ olderThanMs: 0, newerThanMs: null });
  const timer = setInterval(poll, pollMs);
  return {
    async [Symbol.asyncDispose]() {
      ending = true;
      clearInterval(timer);
      await Promise.race([polling?.done, after(pollMs)]);
    },
  };
}
