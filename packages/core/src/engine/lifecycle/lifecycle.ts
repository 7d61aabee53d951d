import {
  acceptExecutions,
  cancelExecution,
  type ConcurrencyLimits,
  type Database,
  type Db,
  type EarlierSubmission,
  endedExecutions,
  type InsertedExecution,
  insertExecutions,
  isLockTimeout,
  isUnavailable,
  type NewExecution,
  type NewSubmission,
  type Owner,
  type SettledExecution,
  settleExecutions,
  type Settlement,
  type StartedExecution,
  startExecutions,
  parkExecutions,
  readEarlierSubmission,
  returnExecutions,
  unparkExecutions,
} from "@strategy-executor/db";
import { callbackJob } from "../delivery/callback-job.ts";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { batchWriter, stepBatchWindowMs } from "./batch-writer.ts";
import type { Observer } from "./observer.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { Queue } from "../work/queue.ts";
import { type NewJob, type TakenJob, toChunkJobs, toNewJob, toTakenJob } from "../work/job.ts";

/** The outcome of an attempt, with the job that it finishes and the job that it adds. */
interface SettlementWithJobs extends Settlement {
  /** The finished job of the execution queue; null for a sweep, whose jobs are in another queue. */
  readonly job: TakenJob | null;
  /** The job that delivers the callback; null without a callback, and when this process sends it itself. */
  readonly callback: NewJob | null;
}

/**
 * Moves executions through their states. A change and its jobs share one transaction, simultaneous changes share one
 * statement, and signals follow the commit.
 */
export interface Lifecycle {
  /** Accepts an execution. A key that was used before writes nothing and returns the earlier submission. */
  submit(execution: NewSubmission): Promise<{ readonly id: number } | EarlierSubmission>;
  /**
   * Accepts executions in the transaction of the writes that they come from. Nothing is accepted unless all of it commits. Returns their
   * ids.
   */
  submitClaimed(claim: (tx: Db) => Promise<ClaimedExecutions>): Promise<readonly number[]>;
  /** Begins an attempt; null when the execution has ended or a concurrency limit holds it back. */
  start(job: TakenJob): Promise<StartedExecution | null>;
  /** Returns an unfinished attempt: the execution waits again, for any worker. Does nothing when it has ended or a newer attempt took over. */
  giveBack(job: TakenJob, attempt: number): Promise<void>;
  /** Ends an attempt; null when a newer attempt took over or the execution has already ended. */
  settle(end: SettlementWithJobs): Promise<SettledExecution | null>;
  /** False when the execution has already ended or does not exist. */
  cancel(id: number, owner: Owner): Promise<boolean>;
  /** Queues executions that waited for a concurrency limit and may start now. */
  unpark(): Promise<void>;
}

interface UnfinishedAttempt {
  readonly job: TakenJob;
  readonly attempt: number;
}

/** Executions to accept, and the writes that need their ids. */
interface ClaimedExecutions {
  readonly executions: readonly NewExecution[];
  /** Gets the ids in the order of the executions. */
  record(ids: readonly number[]): Promise<void>;
}

/** Room in this process for executions that are being accepted. Disposal gives back what was not used. */
interface Room extends Disposable {
  begin(job: TakenJob, started: StartedExecution): void;
}

export interface LifecycleOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  /** Null without concurrency limits. */
  readonly limits: ConcurrencyLimits | null;
  /** The worker that begins attempts in this process; null in one that begins none. */
  readonly worker: number | null;
  /** Keeps room for executions that may begin at once in this process; null when it has none. */
  readonly reserve: (count: number) => Room | null;
  readonly observer: Observer;
  readonly log: Log;
}

const noLimits: ConcurrencyLimits = { perClient: null, perStrategy: new Map() };
/** Another submission under the same key takes some milliseconds. */
const keyWaitMs = 300;
/** How often a process without limits looks for executions that a process with limits has parked. */
const unparkAllMs = 30_000;

export function createLifecycle(lifecycle: LifecycleOptions): Lifecycle {
  const { queue, signals, limits, worker, reserve, observer, log } = lifecycle;
  const { db, batchDb } = lifecycle.database;
  const options = { retriesAlone: (error: unknown) => !isUnavailable(error) };
  let unparkAllAt = 0;

  const insert = batchWriter(
    async (items: readonly NewSubmission[]) => {
      using room = roomFor(items.length);
      const at = { jobInsertion: queue.executionJobs, worker: room === null ? null : worker, keyWaitMs };
      const accepted = await acceptExecutions(batchDb, items, at);
      const inserted = accepted.filter((execution) => execution !== null);
      afterwards(() => announce(inserted));
      afterwards(() => beginIn(room, inserted));
      return accepted;
    },
    {
      // One key may be held for long. The others do not wait for it.
      retriesAlone: (error: unknown) => options.retriesAlone(error) || isLockTimeout(error),
      bytesOf: bytesOfExecution,
      keyOf: (item) => (item.key === null ? item : keyOfClient(item)),
    },
  );

  const start = batchWriter(
    async (jobs: readonly TakenJob[]) => {
      const started = byId(
        limits === null
          ? await startExecutions(batchDb, jobs.map(executionOf), worker)
          : await startWithinLimits(limits, jobs),
      );
      afterwards(() => started.forEach((_, id) => signals.send("events", String(id))));
      return jobs.map((job) => started.get(executionOf(job)) ?? null);
    },
    // A worker presumed dead may receive the same execution again. It then holds two jobs, each with its own attempt.
    {
      ...options,
      batchWindowMs: stepBatchWindowMs,
      keyOf: executionOf,
      // Batches that wait for the lock of the limits must leave connections to the other writes.
      ...(limits !== null && { maxHanging: 1 }),
    },
  );

  const settle = batchWriter(
    async (settlements: readonly SettlementWithJobs[]) => {
      const { settled, callbacks } = await settleWithJobs(settlements);
      const overtaken = await stillOpen(settlements.filter(({ id }) => !settled.has(id)).map(({ id }) => id));
      afterwards(() => {
        queue.removeLater(
          "executions",
          settlements.flatMap(({ id, job }) => (job === null || overtaken.has(id) ? [] : [job])),
        );
        for (const id of settled.keys()) signals.send("events", String(id));
        if (callbacks > 0) signals.send("jobs", "callbacks");
        void unpark();
      });
      return settlements.map(({ id }) => settled.get(id) ?? null);
    },
    { ...options, batchWindowMs: stepBatchWindowMs, keyOf: ({ id }) => id, bytesOf: bytesOfOutcome },
  );

  const giveBack = batchWriter(
    async (attempts: readonly UnfinishedAttempt[]) => {
      const returned = await batchDb.transaction(async (tx) => {
        const items = attempts.map(({ job, attempt }) => ({ id: executionOf(job), attempt }));
        const ids = new Set(await returnExecutions(tx, items, worker));
        const jobs = attempts.map(({ job }) => job).filter((job) => ids.has(executionOf(job)));
        // New jobs are ready at once. Failed jobs would be delayed, and no signal would announce them.
        await queue.remove(tx, "executions", jobs);
        await queue.add(tx, "executions", jobs.map(toNewJob));
        return ids;
      });
      afterwards(() => {
        returned.forEach((id) => signals.send("events", String(id)));
        if (returned.size > 0) signals.send("jobs", "executions");
        void unpark();
      });
      return attempts.map(() => undefined);
    },
    { ...options, batchWindowMs: stepBatchWindowMs, keyOf: ({ job }) => executionOf(job) },
  );

  /** What follows a commit must not throw inside a batched write, which would be repeated item by item. */
  function afterwards(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      log.error({ err: error }, "a change was committed and could not be announced");
    }
  }

  /** Ends the attempts and counts the callback jobs that were added. Only executions that this call ends get one. */
  async function settleWithJobs(settlements: readonly SettlementWithJobs[]) {
    // Nearly always this process sends the callback itself, so that one statement is enough.
    if (settlements.every(({ callback }) => callback === null)) {
      return { settled: byId(await settleExecutions(batchDb, settlements)), callbacks: 0 };
    }
    return batchDb.transaction(async (tx) => {
      const settled = byId(await settleExecutions(tx, settlements));
      const jobs = settlements.flatMap(({ id, callback }) => (callback !== null && settled.has(id) ? [callback] : []));
      await queue.add(tx, "callbacks", jobs);
      return { settled, callbacks: jobs.length };
    });
  }

  /**
   * The executions that another attempt runs. That attempt may have no job, if its worker was presumed dead and began late. This job then
   * stays and is handed out again when its heartbeats stop. An extra attempt is better than an execution that stays running forever.
   */
  async function stillOpen(ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    // When the state cannot be read the job stays: its next handler finds nothing left to do.
    const ended = await endedExecutions(batchDb, ids).catch(() => []);
    return new Set(ids).difference(new Set(ended.map(({ id }) => id)));
  }

  async function startWithinLimits(
    concurrency: ConcurrencyLimits,
    jobs: readonly TakenJob[],
  ): Promise<StartedExecution[]> {
    return batchDb.transaction(async (tx) => {
      const free = new Set(await parkExecutions(tx, jobs.map(executionOf), concurrency));
      await queue.remove(
        tx,
        "executions",
        jobs.filter((job) => !free.has(executionOf(job))),
      );
      return startExecutions(tx, [...free], worker);
    });
  }

  /** One at a time: each waits for the lock of the limits, and together they would occupy all connections. */
  const unpark = oneAtATime(unparkOnce);

  /** A failure is logged only: `unpark` runs again every second. */
  async function unparkOnce(): Promise<void> {
    // Without limits only what earlier processes had parked is left.
    if (limits === null && performance.now() < unparkAllAt) return;
    unparkAllAt = performance.now() + unparkAllMs;
    try {
      const unparked = await db.transaction(async (tx) => {
        const rows = await unparkExecutions(tx, limits ?? noLimits);
        const jobs = rows.filter(({ chunks }) => chunks === null).map(toJob);
        const steps = rows.flatMap(({ id, chunks, urgency }) => toChunkJobs(id, chunks ?? 0, urgency));
        await queue.add(tx, "executions", jobs);
        await queue.add(tx, "sweeps", steps);
        return { jobs, steps };
      });
      if (unparked.jobs.length > 0) signals.send("jobs", "executions");
      if (unparked.steps.length > 0) signals.send("jobs", "sweeps");
    } catch (error) {
      log.warn({ err: error }, "executions that waited for a limit could not be queued");
    }
  }

  /** Limits are checked when an attempt begins, so with limits all executions wait for that. */
  function roomFor(count: number): Room | null {
    return limits === null ? reserve(count) : null;
  }

  function beginIn(room: Room | null, executions: readonly InsertedExecution[]): void {
    for (const execution of executions.toSorted((one, other) => other.priority - one.priority || one.id - other.id)) {
      const { begun } = execution;
      if (begun !== null) room?.begin(toTakenJob(execution, begun.job), begun.started);
    }
  }

  function announce(executions: readonly InsertedExecution[]): void {
    for (const { id } of executions) {
      observer.accepted();
      signals.send("events", String(id));
    }
    if (executions.some(({ begun }) => begun === null)) signals.send("jobs", "executions");
  }

  return {
    async submit(execution) {
      for (let tries = 0; tries < 3; tries += 1) {
        // Reads after the batch, which must not fail once it is committed.
        const outcome =
          (await insert(execution)) ?? (await readEarlierSubmission(db, execution.client, execution.key!.key));
        if (outcome !== null) return outcome;
        // The key expired in between.
      }
      throw new Error("An idempotency key expires again and again");
    },
    async submitClaimed(claim) {
      const inserted = await db.transaction(async (tx) => {
        const { executions, record } = await claim(tx);
        if (executions.length === 0) return [];
        const rows = await insertExecutions(tx, executions, queue.executionJobs);
        await record(rows.map(({ id }) => id));
        return rows;
      });
      if (inserted.length > 0) announce(inserted);
      return inserted.map(({ id }) => id);
    },
    start,
    giveBack: (job, attempt) => giveBack({ job, attempt }),
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

function bytesOfExecution({ parameters, executionParameters }: NewExecution): number {
  return JSON.stringify(parameters).length + JSON.stringify(executionParameters).length;
}

function keyOfClient({ client, key }: NewSubmission): string {
  return JSON.stringify([client, key?.key]);
}

function bytesOfOutcome({ outcome }: SettlementWithJobs): number {
  return outcome.status === "completed"
    ? outcome.result.length + outcome.series.byteLength
    : outcome.errorMessage.length;
}

function toJob({ id, priority }: Pick<InsertedExecution, "id" | "priority">): NewJob {
  return { executionId: id, priority };
}

function executionOf(job: TakenJob): number {
  return job.data.execution_id;
}

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
