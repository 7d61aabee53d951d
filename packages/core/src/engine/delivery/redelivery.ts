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
  redeliverySearchEnd,
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
   * the same time send each callback once.
   */
  queueOnce(filter: RedeliveryFilter): Promise<QueuedOnce>;
  /** The executions whose callbacks match the filter, newest first. */
  find(filter: RedeliveryFilter): Promise<Found>;
}

interface Found {
  /** The executions whose callbacks match the filter, newest first. */
  readonly found: readonly number[];
  /** The search stopped at this execution, and older ones may match; null if it went to the end or found as many as wanted. */
  readonly stoppedAt: number | null;
}

interface QueuedOnce extends Found {
  /** Those of them whose redelivery this call has queued. */
  readonly queued: readonly number[];
}

export interface RedeliveriesOptions {
  readonly database: Pick<Database, "db">;
  readonly queue: Queue;
  readonly signals: Signals;
}

export function createRedeliveries({ database: { db }, queue, signals }: RedeliveriesOptions): Redeliveries {
  async function queueAll(tx: Db, callbacks: readonly ExecutionCallback[], redelivery: Redelivery): Promise<number[]> {
    await queue.add(
      tx,
      "callbacks",
      callbacks.map(({ executionId, ...callback }) => redeliveryJob(executionId, callback, redelivery)),
    );
    return callbacks.map(({ executionId }) => executionId);
  }
  const wake = (queued: readonly number[]) => {
    if (queued.length > 0) signals.send("jobs", "callbacks");
  };
  return {
    async queue(filter, redelivery) {
      const queued = await db.transaction(async (tx) => {
        return queueAll(tx, await redeliverableCallbacks(tx, filter), redelivery);
      });
      wake(queued);
      return queued;
    },
    async queueOnce(filter) {
      const begun = performance.now();
      const now = await databaseNow(db);
      // Waiting for a connection may take longer than another call as a whole. This call began before that wait.
      const begunAt = new Date(now - (performance.now() - begun));
      const end = await redeliverySearchEnd(db, filter);
      const outcome = await db.transaction(async (tx) => {
        const { found, claimed } = await claimRedeliveries(tx, downTo(end, filter), begunAt);
        return { found, queued: await queueAll(tx, claimed, "in turn") };
      });
      wake(outcome.queued);
      return { ...outcome, stoppedAt: stopOf(outcome.found, end, filter) };
    },
    async find(filter) {
      const end = await redeliverySearchEnd(db, filter);
      const callbacks = await redeliverableCallbacks(db, downTo(end, filter));
      const found = callbacks.map(({ executionId }) => executionId);
      return { found, stoppedAt: stopOf(found, end, filter) };
    },
  };
}

function downTo(end: number | null, filter: RedeliveryFilter): RedeliveryFilter {
  return end === null ? filter : { ...filter, from: end };
}

function stopOf(found: readonly number[], end: number | null, { limit }: RedeliveryFilter): number | null {
  return found.length < limit ? end : null;
}

/** The job of a redelivery. Its id is derived from the callback's, so no second one is queued meanwhile. */
function redeliveryJob(executionId: number, callback: PendingCallback, redelivery: Redelivery): NewJob {
  const hash = createHash("sha256").update(`redelivery of ${callback.webhookId}`).digest("hex");
  return { ...callbackJob(executionId, callback), id: hash.slice(0, 32), redelivery };
}
