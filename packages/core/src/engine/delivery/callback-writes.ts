import {
  type AttemptKind,
  type ClosedAttempt,
  closeAttempts,
  type Database,
  isUnavailable,
  type OpenedAttempt,
  openAttempts,
  postponeCallbacks,
} from "@strategy-executor/db";
import { grouped, stepGatherMs } from "../lifecycle/batch-writer.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, TakenJob } from "../work/job.ts";

/** What the delivery of callbacks writes, each change with the jobs that follow from it, many together when many come at once. */
export interface CallbackWrites {
  /** Records an attempt that is due; null when there is nothing to send. */
  openDue(executionId: number): Promise<OpenedAttempt | null>;
  /** The same of one that somebody asked for. */
  openRedelivery(executionId: number): Promise<OpenedAttempt | null>;
  /** Records what came back. False when the attempt was closed before. */
  close(delivery: ClosedDelivery): Promise<boolean>;
  /** Puts a callback off until its receiver may be called again. */
  postpone(callback: Postponed): Promise<unknown>;
}

export interface ClosedDelivery extends ClosedAttempt {
  /** The job that is done with it; null when it was made without one. */
  readonly done: TakenJob | null;
  /** The job that makes the next attempt. */
  readonly again: NewJob | null;
}

interface Postponed {
  readonly executionId: number;
  readonly job: TakenJob;
  readonly delayMs: number;
}

export function createCallbackWrites(database: Database, queue: Queue): CallbackWrites {
  const { db } = database;
  const group = {
    splits: (error: unknown) => !isUnavailable(error),
    gatherMs: stepGatherMs,
  };
  const keyOf = ({ executionId }: { readonly executionId: number }) => executionId;
  const opener = (kind: AttemptKind) =>
    grouped(
      async (ids: readonly number[]) => {
        const opened = new Map((await openAttempts(db, ids, kind)).map((row) => [row.executionId, row]));
        return ids.map((id) => opened.get(id) ?? null);
      },
      { ...group, keyOf: (id) => id },
    );

  function closeWithJobs(items: readonly ClosedDelivery[]): Promise<number[]> {
    return db.transaction(async (tx) => {
      const ids = await closeAttempts(tx, items);
      const recorded = new Set(ids);
      const closed = items.filter(({ attemptId }) => recorded.has(attemptId));
      await queue.remove(
        tx,
        "callbacks",
        closed.flatMap(({ done }) => done ?? []),
      );
      // Of the same id: there is never more than one job for a callback. One that an answer nearly too late finds here stays.
      await queue.add(
        tx,
        "callbacks",
        closed.flatMap(({ again }) => again ?? []),
      );
      return ids;
    });
  }

  return {
    openDue: opener("due"),
    openRedelivery: opener("redelivery"),
    close: grouped(
      async (items: readonly ClosedDelivery[]) => {
        const recorded = new Set(await (items.every(isWithoutJobs) ? closeAttempts(db, items) : closeWithJobs(items)));
        return items.map(({ attemptId }) => recorded.has(attemptId));
      },
      { ...group, keyOf },
    ),
    postpone: grouped(
      async (items: readonly Postponed[]) => {
        await db.transaction(async (tx) => {
          await postponeCallbacks(
            tx,
            items.filter(({ job }) => job.data.redelivery === undefined),
          );
          const jobs = items.map(({ job }) => job);
          await queue.remove(tx, "callbacks", jobs);
          await queue.add(tx, "callbacks", items.map(toPostponedJob));
        });
        return items;
      },
      { ...group, keyOf },
    ),
  };
}

function isWithoutJobs({ done, again }: ClosedDelivery): boolean {
  return done === null && again === null;
}

function toPostponedJob({ executionId, job, delayMs }: Postponed): NewJob {
  const { id, groupId, data } = job;
  return {
    executionId,
    id,
    delayMs,
    ...(typeof groupId === "string" && { group: groupId }),
    ...(data.redelivery !== undefined && { redelivery: data.redelivery }),
  };
}
