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
import { grouped, groupSize } from "./grouped.ts";
import type { NewJob, Queue, TakenJob } from "./queue.ts";

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
  /** The job that is done with it: one that this process has taken, or the id of one that waits. */
  readonly done: TakenJob | string;
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
  const group = { most: groupSize(database), splits: (error: unknown) => !isUnavailable(error) };
  const keyOf = ({ executionId }: { readonly executionId: number }) => executionId;
  const opener = (kind: AttemptKind) =>
    grouped(
      async (ids: readonly number[]) => {
        const opened = new Map((await openAttempts(db, ids, kind)).map((row) => [row.executionId, row]));
        return ids.map((id) => opened.get(id) ?? null);
      },
      { ...group, keyOf: (id) => id },
    );

  /** Their jobs go a moment later. */
  async function close(items: readonly ClosedDelivery[]): Promise<Set<number>> {
    const ids = new Set(await closeAttempts(db, items));
    queue.forget("callbacks", jobsOf(items, ids).waiting);
    return ids;
  }

  function closeWithJobs(items: readonly ClosedDelivery[]): Promise<Set<number>> {
    return db.transaction(async (tx) => {
      const ids = new Set(await closeAttempts(tx, items));
      const { waiting, taken, again } = jobsOf(items, ids);
      await queue.remove(tx, "callbacks", waiting);
      await queue.remove(tx, "callbacks", taken);
      // Of the same id: there is never more than one job for a callback.
      await queue.add(tx, "callbacks", again);
      return ids;
    });
  }

  return {
    openDue: opener("due"),
    openRedelivery: opener("redelivery"),
    close: grouped(
      async (items: readonly ClosedDelivery[]) => {
        const recorded = await (items.every(isTheEnd) ? close(items) : closeWithJobs(items));
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

/**
 * Whether nobody will add a job of the same id again: the callback has ended. One that somebody asked for may be asked for
 * again as soon as its end is seen.
 */
function isTheEnd({ done, again }: ClosedDelivery): boolean {
  return typeof done === "string" && again === null;
}

/** What of the queue changes with the attempts that were recorded. */
function jobsOf(items: readonly ClosedDelivery[], recorded: ReadonlySet<number>) {
  const closed = items.filter(({ attemptId }) => recorded.has(attemptId));
  const done = closed.map((item) => item.done);
  return {
    waiting: done.filter((job) => typeof job === "string"),
    taken: done.filter((job) => typeof job !== "string"),
    again: closed.flatMap(({ again }) => again ?? []),
  };
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
