import { createHash } from "node:crypto";
import {
  claimRedeliveries,
  type Database,
  databaseNow,
  type Db,
  type ExecutionCallback,
  type PendingCallback,
  redeliverableCallbacks,
  type RedeliveryFilter,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import { callbackJob } from "./callback-job.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, Redelivery } from "../work/job.ts";

/** Sends callbacks again with their ids, independently of their scheduled attempts. */
export interface Redeliveries {
  /**
   * Queues a redelivery for each callback that matches the filter and has none queued. Returns the executions, newest first.
   * A redelivery `at once` does not wait for an open circuit to close.
   */
  queue(filter: RedeliveryFilter, redelivery: Redelivery): Promise<number[]>;
  /**
   * Queues redeliveries in turn. Callbacks that another call has queued since this one began are left out, so that calls at
   * the same time send each callback once. Returns the executions, newest first.
   */
  queueOnce(filter: RedeliveryFilter): Promise<number[]>;
  /** The executions whose callbacks match the filter, newest first. */
  find(filter: RedeliveryFilter): Promise<number[]>;
}

export interface RedeliveriesOptions {
  readonly database: Pick<Database, "db">;
  readonly queue: Queue;
  readonly signals: Signals;
}

export function createRedeliveries({ database: { db }, queue, signals }: RedeliveriesOptions): Redeliveries {
  async function queueFound(find: (tx: Db) => Promise<readonly ExecutionCallback[]>, redelivery: Redelivery) {
    const found = await db.transaction(async (tx) => {
      const callbacks = await find(tx);
      await queue.add(
        tx,
        "callbacks",
        callbacks.map(({ executionId, ...callback }) => redeliveryJob(executionId, callback, redelivery)),
      );
      return callbacks;
    });
    if (found.length > 0) signals.send("jobs", "callbacks");
    return found.map(({ executionId }) => executionId);
  }
  return {
    queue: (filter, redelivery) => queueFound((tx) => redeliverableCallbacks(tx, filter), redelivery),
    async queueOnce(filter) {
      const begun = performance.now();
      const now = await databaseNow(db);
      // Waiting for a connection may take longer than another call as a whole. This call began before that wait.
      const begunAt = new Date(now - (performance.now() - begun));
      return queueFound((tx) => claimRedeliveries(tx, filter, begunAt), "in turn");
    },
    find: async (filter) => (await redeliverableCallbacks(db, filter)).map(({ executionId }) => executionId),
  };
}

/** The job of a redelivery. Its id is derived from the callback's, so no second one is queued meanwhile. */
function redeliveryJob(executionId: number, callback: PendingCallback, redelivery: Redelivery): NewJob {
  const hash = createHash("sha256").update(`redelivery of ${callback.webhookId}`).digest("hex");
  return { ...callbackJob(executionId, callback), id: hash.slice(0, 32), redelivery };
}
