import {
  type ChunkOutcome,
  type Database,
  type EarlierSubmission,
  fillSubmissionKey,
  insertExecutions,
  urgencyStep,
  insertSweep,
  type NewExecution,
  type Outcome,
  removeStepJobs,
  type StartedStep,
  startStep,
  storeChunk,
  type SubmissionKey,
  sweepAttempt,
  type SweepPlan,
  takeSubmissionKey,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import { callbackJob, type Lifecycle } from "./lifecycle.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, TakenJob } from "../work/job.ts";

/**
 * Moves sweeps through their states. A sweep is an execution whose work lies in steps, each a job of its own, so that all
 * workers share it: chunks of combinations, and behind the last of them to be done the step that makes the result. What
 * changes, and the jobs that follow from it, is one transaction.
 */
export interface SweepLifecycle {
  /** Accepts a sweep. Under a key that was used before nothing is written: the answer is what it was used for. */
  submit(
    execution: NewExecution,
    plan: SweepPlan,
    key: SubmissionKey | null,
  ): Promise<{ readonly id: number } | EarlierSubmission>;
  /** Begins a try of a step; null when there is nothing to do: it is done, or the sweep has ended. */
  start(id: number, step: number): Promise<StartedStep | null>;
  /** Keeps what a chunk came to, and removes its job. False, with nothing kept, when its prices are not those of the chunks before. */
  store(job: TakenJob, step: number, outcome: ChunkOutcome): Promise<boolean>;
  /** Ends the sweep, unless it has ended, and removes its jobs. True when it ended now. */
  settle(job: TakenJob, started: StartedStep, outcome: Outcome): Promise<boolean>;
  /** Removes the job, and with it those of a sweep that has ended. */
  drop(job: TakenJob, hasEnded: boolean): Promise<void>;
}

export interface SweepLifecycleOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
  readonly lifecycle: Lifecycle;
}

export function createSweepLifecycle({
  database: { db },
  queue,
  signals,
  lifecycle,
}: SweepLifecycleOptions): SweepLifecycle {
  const tell = (id: number) => signals.send("events", String(id));

  async function drop(job: TakenJob, hasEnded: boolean): Promise<void> {
    await queue.remove(db, "sweeps", [job]);
    if (hasEnded) await removeStepJobs(db, "sweeps", job.data.execution_id);
  }

  return {
    async submit(execution, plan, key) {
      const outcome = await db.transaction(async (tx) => {
        const earlier = key === null ? null : await takeSubmissionKey(tx, key);
        if (earlier !== null) return earlier;
        const [inserted] = await insertExecutions(tx, [execution]);
        const { id } = inserted!;
        if (key !== null) await fillSubmissionKey(tx, key, id);
        await insertSweep(tx, id, plan);
        const jobs = Array.from({ length: plan.chunks }, (_, step): NewJob => ({
          executionId: id,
          step,
          // The early steps of all sweeps go before the late ones of any, so that a short sweep does not wait for a long one.
          priority: (execution.urgency ?? 0) * urgencyStep - step,
        }));
        await queue.add(tx, "sweeps", jobs);
        return { id };
      });
      if ("id" in outcome) {
        tell(outcome.id);
        signals.send("jobs", "sweeps");
      }
      return outcome;
    },
    async start(id, step) {
      const started = await startStep(db, id, step);
      if (started?.begun === true) tell(id);
      return started;
    },
    async store(job, step, outcome) {
      const id = job.data.execution_id;
      const kept = await db
        .transaction(async (tx) => {
          const stored = await storeChunk(tx, id, step, outcome);
          if (stored?.samePrices === false) throw new OtherPrices();
          await queue.remove(tx, "sweeps", [job]);
          // Whoever counts the last chunk adds what follows: the count is one row, which one of them changes last.
          if (stored?.done === stored?.chunks && stored !== null) {
            await queue.add(tx, "sweeps", [{ executionId: id, step: stored.chunks, priority: urgencyStep }]);
          }
          return stored;
        })
        .catch((error: unknown) => {
          if (error instanceof OtherPrices) return false as const;
          throw error;
        });
      if (kept === false) return false;
      if (kept !== null) tell(id);
      if (kept?.done === kept?.chunks) signals.send("jobs", "sweeps");
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
      // A process that dies before finds that the sweep has ended.
      await drop(job, true);
      return settled !== null;
    },
    drop,
  };
}

/** Rolls back what was written for a chunk. */
class OtherPrices extends Error {}
