import { createHash } from "node:crypto";
import {
  type Database,
  type PendingCallback,
  redeliverableCallbacks,
  type RedeliveryFilter,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import { callbackJob } from "../lifecycle/lifecycle.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, Redelivery } from "../work/job.ts";

/** Has callbacks sent again, with the ids they have, beside what is due of them. */
export interface Redeliveries {
  /**
   * Queues a redelivery for each callback that fits the filter and has none waiting. Answers with their executions, newest
   * first. Those that are sent `at once` do not wait until their receiver is well again.
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

/** The job that sends a callback again: while it waits there is never more than one, since its id follows from the callback's. */
function redeliveryJob(executionId: number, callback: PendingCallback, redelivery: Redelivery): NewJob {
  const hash = createHash("sha256").update(`redelivery of ${callback.webhookId}`).digest("hex");
  return { ...callbackJob(executionId, callback), id: hash.slice(0, 32), redelivery };
}
