import { createHash } from "node:crypto";
import {
  type Database,
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
}

export interface RedeliveriesOptions {
  readonly database: Pick<Database, "db">;
  readonly queue: Queue;
  readonly signals: Signals;
}

export function createRedeliveries({ database: { db }, queue, signals }: RedeliveriesOptions): Redeliveries {
  return {
    async queue(filter, redelivery) {
      const found = await db.transaction(async (tx) => {
        const callbacks = await redeliverableCallbacks(tx, filter);
        await queue.add(
          tx,
          "callbacks",
          callbacks.map(({ executionId, ...callback }) => redeliveryJob(executionId, callback, redelivery)),
        );
        return callbacks;
      });
      if (found.length > 0) signals.send("jobs", "callbacks");
      return found.map(({ executionId }) => executionId);
    },
  };
}

/** The job of a redelivery. Its id is derived from the callback's, so no second one is queued meanwhile. */
function redeliveryJob(executionId: number, callback: PendingCallback, redelivery: Redelivery): NewJob {
  const hash = createHash("sha256").update(`redelivery of ${callback.webhookId}`).digest("hex");
  return { ...callbackJob(executionId, callback), id: hash.slice(0, 32), redelivery };
}
