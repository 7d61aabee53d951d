import {
  type Database,
  type Outcome,
  type Progress,
  releaseAttempt,
  type SettledExecution,
  type StartedExecution,
  withoutNul,
  writeProgress,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import type { CallbackDelivery } from "../delivery/callback-delivery.ts";
import type { Cancellations } from "../signals/cancellations.ts";
import type { Compute } from "../compute/compute.ts";
import { type EndedExecution, toCompletedExecution, toEndedExecution } from "../delivery/execution-callback.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { AttemptEnding, Observer } from "../lifecycle/observer.ts";
import { throughOutage } from "./outage.ts";
import type { Queue } from "./queue.ts";
import type { TakenJob } from "./job.ts";

export interface RunExecutionOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly lifecycle: Lifecycle;
  readonly delivery: CallbackDelivery;
  readonly compute: Compute;
  readonly cancellations: Cancellations;
  readonly signals: Signals;
  readonly observer: Observer;
  readonly log: Log;
  /** Longest time that one attempt may compute; an execution may have a shorter one of its own. */
  readonly timeoutMs: number;
  /** Attempts that may be lost to dying processes before the execution is failed. */
  readonly maxAttempts: number;
}

/**
 * Makes the handler of the execution queue: begins an attempt, computes, settles, sends the callback. Safe to repeat at any
 * point: an ended execution is left alone, and an attempt that was overtaken by another writes nothing.
 */
export function runExecution(options: RunExecutionOptions) {
  const { database, queue, lifecycle, delivery, compute, cancellations, signals, observer, log } = options;
  const { timeoutMs, maxAttempts } = options;
  return (job: TakenJob, ending: AbortSignal): Promise<void> =>
    cancellations.during(job.data.execution_id, (cancelled) => runAttempt(job, ending, cancelled));

  async function runAttempt(job: TakenJob, ending: AbortSignal, cancelled: AbortSignal): Promise<void> {
    const started = await start(job);
    if (started === null) return queue.remove(database.db, "executions", [job]);
    const ended = observer.attempt(started);
    let how: AttemptEnding = "interrupted";
    try {
      how = await finish(job, started, ending, cancelled);
    } finally {
      ended(how);
    }
  }

  async function finish(
    job: TakenJob,
    started: StartedExecution,
    ending: AbortSignal,
    cancelled: AbortSignal,
  ): Promise<AttemptEnding> {
    const begun = performance.now();
    const { id, strategy, attempt } = started;
    log.debug({ execution_id: id, strategy, attempt }, "execution started");

    const outcome = await outcomeOf(started, ending, cancelled);
    if (outcome === null) {
      await queue.remove(database.db, "executions", [job]);
      return "cancelled";
    }

    const settled = await settle(job, started, outcome);
    const fields = { execution_id: id, strategy, attempt, duration_ms: Math.round(performance.now() - begun) };
    if (!settled) log.warn(fields, "late result of an overtaken attempt dropped");
    else if (outcome.status === "completed") log.info(fields, "execution completed");
    else log.info({ ...fields, error_message: outcome.errorMessage }, "execution failed");
    return settled ? outcome.status : "overtaken";
  }

  /** A try that failed with the database may have begun an attempt all the same: that one was not lost by a dying process. */
  async function start(job: TakenJob): Promise<StartedExecution | null> {
    let tries = 0;
    const started = await throughOutage(startingMs, () => {
      tries += 1;
      return lifecycle.start(job);
    });
    if (started !== null && tries > 1) await releaseAttempt(database.db, started.id, started.attempt);
    return started;
  }

  /** Null when it was cancelled. @throws when the process ends before the strategy does */
  async function outcomeOf(
    { id, attempt, countedAttempts, strategy, parameters, timeLimitMs }: StartedExecution,
    ending: AbortSignal,
    cancelled: AbortSignal,
  ): Promise<CheckedOutcome | null> {
    if (countedAttempts > maxAttempts) {
      return failed(`The execution was interrupted ${maxAttempts} times and is not tried again`);
    }
    try {
      const computed = await compute.run(
        { strategy, parameters },
        {
          signals: [ending, cancelled],
          timeoutMs: Math.min(timeLimitMs ?? timeoutMs, timeoutMs),
          onProgress: reportProgress(id, attempt),
        },
      );
      return computed.ok
        ? { status: "completed", result: computed.result, series: computed.series, mismatch: computed.mismatch }
        : failed(computed.message);
    } catch (error) {
      if (cancelled.aborted) return null;
      if (ending.aborted) await releaseAttempt(database.db, id, attempt);
      throw error;
    }
  }

  /** False when the attempt was overtaken. */
  async function settle(job: TakenJob, started: StartedExecution, outcome: CheckedOutcome): Promise<boolean> {
    const { id, attempt, callback } = started;
    const plan = callback === null ? null : delivery.plan(id, callback);
    const first = plan?.first ?? null;
    let sent = false;
    try {
      const opensDelivery = first !== null;
      const end = { id, attempt, outcome, job, callback: plan?.job ?? null, opensDelivery };
      const settled = await throughOutage(settlingMs, () => lifecycle.settle(end));
      if (settled === null) return false;
      if (settled.attemptId !== null && first !== null) {
        const ended = endedExecution(started, outcome, settled);
        sent = true;
        first.send(ended, settled.attemptId);
      }
      return true;
    } finally {
      if (!sent) first?.drop();
    }
  }

  /** Progress is a courtesy: it is missed when it cannot be written. */
  function reportProgress(id: number, attempt: number): (progress: Progress) => void {
    return (progress) => {
      writeProgress(database.db, id, attempt, progress).then(
        () => signals.send("events", String(id)),
        (error: unknown) => log.warn({ execution_id: id, err: error }, "progress could not be written"),
      );
    };
  }
}

/** An outcome, and in what its result is not as it is documented; null when it is. */
type CheckedOutcome = Outcome &
  ({ readonly status: "completed"; readonly mismatch: string | null } | { readonly status: "failed" });

/** How long a computed outcome is kept for a database that is away; another process may take the execution over meanwhile. */
const settlingMs = 60_000;
const startingMs = 5_000;

/** The execution as it has just been settled. */
function endedExecution(started: StartedExecution, outcome: CheckedOutcome, settled: SettledExecution): EndedExecution {
  const { id, strategy, version, executionParameters, startedAt, traceParent } = started;
  const record = {
    id,
    strategy,
    version,
    status: outcome.status,
    executionParameters,
    result: null,
    errorMessage: outcome.status === "failed" ? withoutNul(outcome.errorMessage) : null,
    progress: null,
    startedAt,
    traceParent,
    completedAt: settled.completedAt,
    callback: null,
  };
  return outcome.status === "completed"
    ? toCompletedExecution(record, { text: outcome.result, mismatch: outcome.mismatch })
    : toEndedExecution(record);
}

function failed(errorMessage: string): CheckedOutcome & { status: "failed" } {
  return { status: "failed", errorMessage };
}
