import {
  type Database,
  type Outcome,
  type Progress,
  releaseAttempt,
  type Settled,
  settleExecution,
  startExecution,
  writeProgress,
} from "@strategy-executor/db";
import type { Log } from "../log.ts";
import type { Cancellations } from "./cancellations.ts";
import type { Compute, ComputeTask } from "./compute.ts";
import { enqueueCallback, type JobData, type Queue } from "./queue.ts";

export interface RunExecutionOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly compute: Compute;
  readonly cancellations: Cancellations;
  readonly log: Log;
  /** Longest time that one attempt may compute. */
  readonly timeoutMs: number;
  /** Attempts that may be lost to dying processes before the execution is failed. */
  readonly maxAttempts: number;
}

/**
 * Makes the handler of the execution queue: begins an attempt, computes, settles. Safe to repeat at any point: an ended
 * execution is left alone, and an attempt that was overtaken by another writes nothing.
 */
export function runExecution({
  database,
  queue,
  compute,
  cancellations,
  log,
  timeoutMs,
  maxAttempts,
}: RunExecutionOptions) {
  return ({ execution_id: id }: JobData, ending: AbortSignal): Promise<void> =>
    cancellations.during(id, (cancelled) => runAttempt(id, ending, cancelled));

  async function runAttempt(id: number, ending: AbortSignal, cancelled: AbortSignal): Promise<void> {
    const started = await startExecution(database.db, id);
    if (started === null) return;
    const { attempt, countedAttempts, strategy, parameters } = started;
    const begun = performance.now();
    log.debug({ execution_id: id, strategy, attempt }, "execution started");

    const stop = AbortSignal.any([ending, cancelled]);
    const outcome =
      countedAttempts > maxAttempts
        ? failed(`The execution was interrupted ${maxAttempts} times and is not tried again`)
        : await computeOutcome({ strategy, parameters }, stop, reportProgress(id, attempt)).catch(
            async (error: unknown) => {
              if (cancelled.aborted) return null;
              if (ending.aborted) await releaseAttempt(database.db, id, attempt);
              throw error;
            },
          );
    if (outcome === null) return;

    const settled = await settle(id, attempt, outcome);
    const fields = { execution_id: id, strategy, attempt, duration_ms: Math.round(performance.now() - begun) };
    if (settled === null) log.warn(fields, "late result of an overtaken attempt dropped");
    else if (outcome.status === "completed") log.info(fields, "execution completed");
    else log.info({ ...fields, error_message: outcome.errorMessage }, "execution failed");
  }

  async function computeOutcome(
    task: ComputeTask,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Outcome> {
    const computed = await compute.run(task, { signal, timeoutMs, onProgress });
    return computed.ok
      ? { status: "completed", result: computed.result, series: computed.series }
      : failed(computed.message);
  }

  /** Progress is a courtesy: it is missed when it cannot be written. */
  function reportProgress(id: number, attempt: number): (progress: Progress) => void {
    return (progress) => {
      writeProgress(database.db, id, attempt, progress).catch((error: unknown) =>
        log.warn({ execution_id: id, err: error }, "progress could not be written"),
      );
    };
  }

  function settle(id: number, attempt: number, outcome: Outcome): Promise<Settled | null> {
    return database.db.transaction(async (tx) => {
      const settled = await settleExecution(tx, id, attempt, outcome);
      await enqueueCallback(queue, tx, id, settled);
      return settled;
    });
  }
}

function failed(errorMessage: string): Outcome & { status: "failed" } {
  return { status: "failed", errorMessage };
}
