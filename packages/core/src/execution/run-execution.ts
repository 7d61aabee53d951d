import { type Database, type Outcome, releaseAttempt, settleExecution, startExecution } from "@strategy-executor/db";
import type { Log } from "../log.ts";
import type { Compute } from "./compute.ts";
import type { JobData, Queue } from "./queue.ts";

export interface RunExecutionOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly compute: Compute;
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
export function runExecution({ database, queue, compute, log, timeoutMs, maxAttempts }: RunExecutionOptions) {
  return async ({ execution_id: id }: JobData, signal: AbortSignal): Promise<void> => {
    const started = await startExecution(database.db, id);
    if (started === null) return;
    const { attempt, countedAttempts, strategy, parameters } = started;
    const begun = performance.now();
    log.debug({ execution_id: id, strategy, attempt }, "execution started");

    const outcome: Outcome =
      countedAttempts > maxAttempts
        ? {
            status: "failed",
            errorMessage: `The execution was interrupted ${maxAttempts} times and is not tried again`,
          }
        : await attemptOutcome(strategy, parameters, signal).catch(async (error: unknown) => {
            if (signal.aborted) await releaseAttempt(database.db, id, attempt);
            throw error;
          });

    const settled = await settle(id, attempt, outcome);
    const fields = { execution_id: id, strategy, attempt, duration_ms: Math.round(performance.now() - begun) };
    if (settled === null) log.warn(fields, "late result of an overtaken attempt dropped");
    else if (outcome.status === "completed") log.info(fields, "execution completed");
    else log.info({ ...fields, error_message: outcome.errorMessage }, "execution failed");
  };

  async function attemptOutcome(
    strategy: string,
    parameters: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const computed = await compute.run({ strategy, parameters }, AbortSignal.any([signal, limit]));
      return computed.ok
        ? { status: "completed", result: computed.result, series: computed.series }
        : { status: "failed", errorMessage: computed.message };
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
      return { status: "failed", errorMessage: `Time limit of ${timeoutMs / 1000} s exceeded` };
    }
  }

  function settle(id: number, attempt: number, outcome: Outcome) {
    return database.db.transaction(async (tx) => {
      const settled = await settleExecution(tx, id, attempt, outcome);
      if (settled !== null && settled.callbackUrl !== null) {
        await queue.enqueue(tx, "callbacks", { execution_id: id }, new URL(settled.callbackUrl).origin);
      }
      return settled;
    });
  }
}
