import {
  type AttemptKind,
  callbackSizes,
  type ClosedAttempt,
  closeAttempts,
  type Database,
  isUnavailable,
  type OpenedAttempt,
  openAttempts,
  postponeCallbacks,
} from "@strategy-executor/db";
import { batchWriter, stepBatchWindowMs } from "../lifecycle/batch-writer.ts";
import type { Queue } from "../work/queue.ts";
import { type NewJob, type TakenJob, toNewJob } from "../work/job.ts";

/** The writes of callback delivery. A change and its jobs share one transaction, simultaneous changes share one batch. */
export interface CallbackWrites {
  /** Bytes that an execution's callback occupies in memory while it is sent. */
  sizeOf(executionId: number): Promise<number>;
  /** Records a due attempt before it is sent; null when there is nothing to send. */
  openDue(callback: SizedCallback): Promise<OpenedAttempt | null>;
  /** Records an attempt of a redelivery before it is sent; null when there is nothing to send. */
  openRedelivery(callback: SizedCallback): Promise<OpenedAttempt | null>;
  /** Records the response. False when the attempt was already closed. */
  close(delivery: ClosedDelivery): Promise<boolean>;
  /** Delays a callback until its receiver may be called again. */
  postpone(callback: Postponed): Promise<unknown>;
}

interface SizedCallback {
  readonly executionId: number;
  readonly bytes: number;
}

export interface ClosedDelivery extends ClosedAttempt {
  /** The finished job; null for an attempt without a job. */
  readonly finishedJob: TakenJob | null;
  /** The job of the next attempt. */
  readonly nextJob: NewJob | null;
}

interface Postponed {
  readonly executionId: number;
  readonly job: TakenJob;
  readonly delayMs: number;
}

export function createCallbackWrites(database: Database, queue: Queue): CallbackWrites {
  const { batchDb } = database;
  const options = {
    retriesAlone: (error: unknown) => !isUnavailable(error),
    batchWindowMs: stepBatchWindowMs,
  };
  const keyOf = ({ executionId }: { readonly executionId: number }) => executionId;
  const opener = (kind: AttemptKind) =>
    batchWriter(
      async (items: readonly SizedCallback[]) => {
        const ids = items.map(({ executionId }) => executionId);
        const opened = new Map((await openAttempts(batchDb, ids, kind)).map((row) => [row.executionId, row]));
        return ids.map((id) => opened.get(id) ?? null);
      },
      { ...options, keyOf, bytesOf: ({ bytes }) => bytes },
    );

  function closeWithJobs(items: readonly ClosedDelivery[]): Promise<number[]> {
    return batchDb.transaction(async (tx) => {
      const ids = await closeAttempts(tx, items);
      const recorded = new Set(ids);
      const closed = items.filter(({ attemptId }) => recorded.has(attemptId));
      await queue.remove(
        tx,
        "callbacks",
        closed.flatMap(({ finishedJob }) => finishedJob ?? []),
      );
      // The id is the callback's, so a job that another process has added meanwhile stays the only one.
      await queue.add(
        tx,
        "callbacks",
        closed.flatMap(({ nextJob }) => nextJob ?? []),
      );
      return ids;
    });
  }

  return {
    sizeOf: batchWriter(async (ids: readonly number[]) => {
      const sizes = await callbackSizes(batchDb, ids);
      return ids.map((id) => sizes.get(id) ?? 0);
    }, options),
    openDue: opener("due"),
    openRedelivery: opener("redelivery"),
    close: batchWriter(
      async (items: readonly ClosedDelivery[]) => {
        const recorded = new Set(
          await (items.every(isWithoutJobs) ? closeAttempts(batchDb, items) : closeWithJobs(items)),
        );
        return items.map(({ attemptId }) => recorded.has(attemptId));
      },
      { ...options, keyOf },
    ),
    postpone: batchWriter(
      async (items: readonly Postponed[]) => {
        await batchDb.transaction(async (tx) => {
          await postponeCallbacks(
            tx,
            items.filter(({ job }) => job.data.redelivery === undefined),
          );
          const jobs = items.map(({ job }) => job);
          await queue.remove(tx, "callbacks", jobs);
          await queue.add(
            tx,
            "callbacks",
            items.map(({ job, delayMs }) => ({ ...toNewJob(job), delayMs })),
          );
        });
        return items;
      },
      { ...options, keyOf },
    ),
  };
}

function isWithoutJobs({ finishedJob, nextJob }: ClosedDelivery): boolean {
  return finishedJob === null && nextJob === null;
}
