import {
  type ChunkOutcome,
  type ConcurrencyLimits,
  type Database,
  type EarlierSubmission,
  acceptExecutions,
  urgencyStep,
  insertSweep,
  type NewSubmission,
  type Outcome,
  parkExecutions,
  readEarlierSubmission,
  removeStepJobs,
  type StartedStep,
  returnStep,
  startStep,
  storeChunk,
  sweepAttempt,
  type SweepPlan,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import { callbackJob } from "../delivery/callback-job.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Queue } from "../work/queue.ts";
import { type TakenJob, toChunkJobs } from "../work/job.ts";

/**
 * Moves sweeps through their states. A sweep is an execution that is divided into steps, each a job of its own, so that all
 * workers share it. The steps are chunks of combinations; after the last chunk follows the step that builds the result. A
 * change and its jobs share one transaction.
 */
export interface SweepLifecycle {
  /** Accepts a sweep. A key that was used before writes nothing and returns the earlier submission. */
  submit(execution: NewSubmission, plan: SweepPlan): Promise<{ readonly id: number } | EarlierSubmission>;
  /** Begins an attempt at a step; null when the step is done, the sweep has ended, or a concurrency limit holds it back. */
  start(id: number, step: number): Promise<StartedStep | null>;
  /** Returns an unfinished step, so that it does not count against the limit. */
  giveBack(id: number, step: number): Promise<void>;
  /** Stores the outcome of a chunk and removes its job. False, with nothing stored, when its prices differ from those of earlier chunks. */
  store(job: TakenJob, step: number, outcome: ChunkOutcome): Promise<boolean>;
  /** Ends the sweep and removes its jobs. False when it had already ended. */
  settle(job: TakenJob, started: StartedStep, outcome: Outcome): Promise<boolean>;
  /** Removes the job, and all jobs of the sweep when `hasEnded`. */
  drop(job: TakenJob, hasEnded: boolean): Promise<void>;
}

export interface SweepLifecycleOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  readonly lifecycle: Lifecycle;
  /** Null without concurrency limits. */
  readonly limits: ConcurrencyLimits | null;
  /** The worker that does steps in this process; null in one that does none. */
  readonly worker: number | null;
}

export function createSweepLifecycle({
  database: { db },
  queue,
  signals,
  lifecycle,
  limits,
  worker,
}: SweepLifecycleOptions): SweepLifecycle {
  const notify = (id: number) => signals.send("events", String(id));

  async function drop(job: TakenJob, hasEnded: boolean): Promise<void> {
    await queue.remove(db, "sweeps", [job]);
    if (hasEnded) await removeStepJobs(db, "sweeps", job.data.execution_id);
  }

  /** A sweep counts as one execution, whatever the number of its steps. A parked one has no jobs until `unpark` adds them. */
  async function startWithinLimits(concurrency: ConcurrencyLimits, id: number, step: number) {
    // Nearly always the sweep runs, and the lock of the counts is not needed.
    const started = await startStep(db, id, step, { startsSweep: false, worker });
    if (started !== null) return started;
    return db.transaction(async (tx) => {
      const free = await parkExecutions(tx, [id], concurrency);
      if (free.length > 0) return startStep(tx, id, step, { startsSweep: true, worker });
      await removeStepJobs(tx, "sweeps", id);
      return null;
    });
  }

  return {
    async submit(execution, plan) {
      const outcome = await db.transaction(async (tx) => {
        const [accepted] = await acceptExecutions(tx, [execution], { jobInsertion: null });
        // Its key is locked, and cannot expire now.
        if (accepted === null) return (await readEarlierSubmission(tx, execution.client, execution.key!.key))!;
        const { id } = accepted!;
        await insertSweep(tx, id, plan);
        await queue.add(tx, "sweeps", toChunkJobs(id, plan.chunks, execution.urgency ?? 0));
        return { id };
      });
      if ("id" in outcome) {
        notify(outcome.id);
        signals.send("jobs", "sweeps");
      }
      return outcome;
    },
    async start(id, step) {
      const started =
        limits === null
          ? await startStep(db, id, step, { startsSweep: true, worker })
          : await startWithinLimits(limits, id, step);
      if (started?.begun === true) notify(id);
      return started;
    },
    async giveBack(id, step) {
      if (await returnStep(db, id, step, worker)) notify(id);
    },
    async store(job, step, outcome) {
      const id = job.data.execution_id;
      const chunk = await db
        .transaction(async (tx) => {
          const stored = await storeChunk(tx, id, step, outcome);
          if (stored?.samePrices === false) throw new PricesChanged();
          await queue.remove(tx, "sweeps", [job]);
          // The transaction that counts the last chunk adds the final step. The count is one row, so exactly one does.
          if (stored?.done === stored?.chunks && stored !== null) {
            await queue.add(tx, "sweeps", [{ executionId: id, step: stored.chunks, priority: urgencyStep }]);
          }
          return stored;
        })
        .catch((error: unknown) => {
          if (error instanceof PricesChanged) return false as const;
          throw error;
        });
      if (chunk === false) return false;
      if (chunk !== null) notify(id);
      if (chunk?.done === chunk?.chunks) signals.send("jobs", "sweeps");
      return true;
    },
    async settle(job, { callback }, outcome) {
      const id = job.data.execution_id;
      const settled = await lifecycle.settle({
        id,
        attempt: sweepAttempt,
        outcome,
        job: null,
        callback: callback === null ? null : callbackJob(id, callback),
        opensDelivery: false,
      });
      // If the process dies first, the next handler of these jobs finds that the sweep has ended.
      await drop(job, true);
      return settled !== null;
    },
    drop,
  };
}

/** Rolls back what was written for a chunk. */
class PricesChanged extends Error {}
