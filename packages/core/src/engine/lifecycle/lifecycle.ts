import {
  cancelExecution,
  type ConcurrencyLimits,
  type Database,
  type EarlierSubmission,
  endedExecutions,
  fillSubmissionKey,
  type InsertedExecution,
  insertExecutions,
  isUnavailable,
  type NewExecution,
  type Owner,
  type PendingCallback,
  type SettledExecution,
  settleExecutions,
  type Settlement,
  type StartedExecution,
  startExecutions,
  parkExecutions,
  type SubmissionKey,
  takeSubmissionKey,
  unparkExecutions,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { grouped, stepGatherMs } from "./batch-writer.ts";
import type { Observer } from "./observer.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, TakenJob } from "../work/job.ts";

/** The end of an attempt, with the jobs that it makes superfluous and necessary. */
interface AttemptEnd extends Settlement {
  /** Of the queue of executions; null when it is another's. */
  readonly job: TakenJob | null;
  /** The job that delivers the callback; null without one, and when it is sent at once. */
  readonly callback: NewJob | null;
}

/**
 * Moves executions through their states: each change with the jobs that follow from it in one transaction, many changes
 * together when many come at once, and everybody told after the commit.
 */
export interface Lifecycle {
  /** Accepts an execution. Under a key that was used before nothing is written: the answer is what it was used for. */
  submit(execution: NewExecution, key: SubmissionKey | null): Promise<{ id: number } | EarlierSubmission>;
  /** Begins an attempt; null when there is nothing to do: it has ended, or a limit keeps it back. */
  start(job: TakenJob): Promise<StartedExecution | null>;
  /** Ends an attempt; null when it was overtaken, and when the execution has ended otherwise, which needs no job any more. */
  settle(end: AttemptEnd): Promise<SettledExecution | null>;
  /** False when the execution is terminal already or does not exist. */
  cancel(id: number, owner: Owner): Promise<boolean>;
  /** Queues again what a limit kept back and lets through now. */
  unpark(): Promise<void>;
}

export interface LifecycleOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  /** Null when there are none. */
  readonly limits: ConcurrencyLimits | null;
  readonly observer: Observer;
  readonly log: Log;
}

export function createLifecycle(lifecycle: LifecycleOptions): Lifecycle {
  const { queue, signals, limits, observer, log } = lifecycle;
  const { db } = lifecycle.database;
  const options = { splits: (error: unknown) => !isUnavailable(error) };

  const insert = grouped(async (items: readonly NewExecution[]) => {
    const inserted = await insertExecutions(db, items, queue.executionInsertion);
    accepted(inserted);
    return inserted;
  }, options);

  const start = grouped(
    async (jobs: readonly TakenJob[]) => {
      const started = byId(
        limits === null ? await startExecutions(db, jobs.map(executionOf)) : await startWithin(limits, jobs),
      );
      for (const id of started.keys()) signals.send("events", String(id));
      return jobs.map((job) => started.get(executionOf(job)) ?? null);
      // Who was taken for dead and got the same execution again has two jobs for it, and each begins an attempt of its own.
    },
    { ...options, gatherMs: stepGatherMs, keyOf: executionOf },
  );

  const settle = grouped(
    async (ends: readonly AttemptEnd[]) => {
      const callbacks = ends.flatMap(({ callback }) => callback ?? []);
      const settled = byId(await settleExecutions(db, ends, await queue.insertion("callbacks", callbacks)));
      const overtaken = await stillOpen(ends.filter(({ id }) => !settled.has(id)).map(({ id }) => id));
      queue.forget(
        "executions",
        ends.flatMap(({ id, job }) => (job === null || overtaken.has(id) ? [] : [job])),
      );
      for (const id of settled.keys()) signals.send("events", String(id));
      if (callbacks.length > 0) signals.send("jobs", "callbacks");
      void unpark();
      return ends.map(({ id }) => settled.get(id) ?? null);
    },
    { ...options, gatherMs: stepGatherMs, keyOf: ({ id }) => id },
  );

  /**
   * Those that another attempt runs. It may have no job of its own, if its worker was taken for dead and began it late. The
   * one that is at hand stays then, and is given out once more when nobody has said for a while that it is alive: a third attempt
   * costs less than an execution that runs for ever.
   */
  async function stillOpen(ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    // What is not known stays too: whoever gets it finds that there is nothing to do.
    const ended = await endedExecutions(db, ids).catch(() => []);
    return new Set(ids).difference(new Set(ended));
  }

  async function startWithin(within: ConcurrencyLimits, jobs: readonly TakenJob[]): Promise<StartedExecution[]> {
    return db.transaction(async (tx) => {
      const free = new Set(await parkExecutions(tx, jobs.map(executionOf), within));
      await queue.remove(
        tx,
        "executions",
        jobs.filter((job) => !free.has(executionOf(job))),
      );
      return startExecutions(tx, [...free]);
    });
  }

  /** What was done before stays done if this fails; it is tried again now and then. */
  async function unpark(): Promise<void> {
    if (limits === null) return;
    try {
      const unparked = await db.transaction(async (tx) => {
        const rows = await unparkExecutions(tx, limits);
        await queue.add(tx, "executions", rows.map(toJob));
        return rows;
      });
      if (unparked.length > 0) signals.send("jobs", "executions");
    } catch (error) {
      log.warn({ err: error }, "what a limit kept back could not be queued again");
    }
  }

  function accepted(executions: readonly InsertedExecution[]): void {
    for (const { id } of executions) {
      observer.accepted();
      signals.send("events", String(id));
    }
    signals.send("jobs", "executions");
  }

  return {
    async submit(execution, key) {
      if (key === null) return insert(execution);
      const outcome = await db.transaction(async (tx) => {
        const earlier = await takeSubmissionKey(tx, key);
        if (earlier !== null) return earlier;
        const [inserted] = await insertExecutions(tx, [execution], queue.executionInsertion);
        await fillSubmissionKey(tx, key, inserted!.id);
        return inserted!;
      });
      if ("id" in outcome) accepted([outcome]);
      return outcome;
    },
    start,
    settle,
    async cancel(id, owner) {
      const cancelled = await db.transaction(async (tx) => {
        const ended = await cancelExecution(tx, id, owner);
        if (ended !== null && ended.callback !== null)
          await queue.add(tx, "callbacks", [callbackJob(id, ended.callback)]);
        return ended;
      });
      if (cancelled === null) return false;
      observer.cancelled();
      signals.send("events", String(id));
      signals.send("cancellations", String(id));
      if (cancelled.callback !== null) signals.send("jobs", "callbacks");
      void unpark();
      return true;
    },
    unpark,
  };
}

/** The job that delivers a callback: there is never more than one, since its id is the callback's. */
export function callbackJob(executionId: number, { url, webhookId }: PendingCallback): NewJob {
  return { executionId, id: webhookId, group: receiverOf(url) };
}

/** Receivers are told apart by their origins. */
export function receiverOf(callbackUrl: string): string {
  return new URL(callbackUrl).origin;
}

function toJob({ id, priority }: InsertedExecution): NewJob {
  return { executionId: id, priority };
}

function executionOf(job: TakenJob): number {
  return job.data.execution_id;
}

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
