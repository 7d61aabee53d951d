import {
  type Database,
  type Progress,
  releaseAttempt,
  type StartedExecution,
  storableText,
  writeProgress,
} from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import type { CallbackDelivery } from "../delivery/callback-delivery.ts";
import { type Cancellations, ExecutionEnded } from "../signals/cancellations.ts";
import { type Compute, ThreadsBusyError } from "../compute/compute.ts";
import { type CallbackMessage, toCallbackMessage, toCompletedMessage } from "../delivery/execution-callback.ts";
import { type ExecutionOutcome, failed } from "../lifecycle/execution-outcome.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { AttemptEnding, Observer } from "../lifecycle/observer.ts";
import { retryWhileUnavailable } from "./retry-while-unavailable.ts";
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
  /** Longest time that one attempt may compute; an execution may set a shorter limit. */
  readonly timeoutMs: number;
  /** How many attempts may be lost to dying processes before the execution fails. */
  readonly maxAttempts: number;
}

export interface ExecutionRunner {
  run(job: TakenJob, stopping: AbortSignal): Promise<void>;
  /** Runs an attempt that began when the execution was accepted. */
  runBegun(job: TakenJob, started: StartedExecution, stopping: AbortSignal): Promise<void>;
  /** How many of its jobs need no thread at the moment: they are being ended, or the database does not begin them. */
  readonly withoutThread: number;
}

/**
 * Creates the handler of the execution queue: it begins an attempt, computes, settles and sends the callback. It is safe to
 * repeat at any point: an ended execution is not touched, and an overtaken attempt writes nothing.
 */
export function createExecutionRunner(options: RunExecutionOptions): ExecutionRunner {
  const { database, queue, lifecycle, delivery, compute, cancellations, signals, observer, log } = options;
  const { timeoutMs, maxAttempts } = options;
  let withoutThread = 0;
  return {
    run: (job, stopping) =>
      cancellations.during(job.data.execution_id, async (cancelled) => {
        const started = await start(job);
        if (started === null) return queue.remove(database.db, "executions", [job]);
        return runAttempt(job, started, stopping, cancelled);
      }),
    runBegun: (job, started, stopping) =>
      cancellations.during(started.id, (cancelled) => runAttempt(job, started, stopping, cancelled)),
    get withoutThread() {
      return withoutThread;
    },
  };

  async function runAttempt(
    job: TakenJob,
    started: StartedExecution,
    stopping: AbortSignal,
    cancelled: AbortSignal,
  ): Promise<void> {
    const reportEnding = observer.attempt(started);
    let ending: AttemptEnding = "interrupted";
    try {
      ending = await finish(job, started, stopping, cancelled);
    } finally {
      reportEnding(ending);
    }
  }

  async function finish(
    job: TakenJob,
    started: StartedExecution,
    stopping: AbortSignal,
    cancelled: AbortSignal,
  ): Promise<AttemptEnding> {
    const begun = performance.now();
    const { id, strategy, attempt } = started;
    log.debug({ execution_id: id, strategy, attempt }, "execution started");

    const outcome = await outcomeOf(started, stopping, cancelled);
    if (outcome === "cancelled" || outcome === "overtaken") {
      await queue.remove(database.db, "executions", [job]);
      return outcome;
    }
    if (outcome === "returned") {
      await lifecycle.giveBack(job, attempt);
      return outcome;
    }

    withoutThread += 1;
    const settled = await settle(job, started, outcome).finally(() => (withoutThread -= 1));
    const fields = { execution_id: id, strategy, attempt, duration_ms: Math.round(performance.now() - begun) };
    if (!settled) log.warn(fields, "late result of an overtaken attempt dropped");
    else if (outcome.status === "completed") log.info(fields, "execution completed");
    else log.info({ ...fields, error_message: outcome.errorMessage }, "execution failed");
    return settled ? outcome.status : "overtaken";
  }

  /** A failed try may have begun an attempt in the database. That attempt does not count: no process died with it. */
  async function start(job: TakenJob): Promise<StartedExecution | null> {
    let tries = 0;
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      withoutThread += 1;
    }, startHangMs);
    const started = await retryWhileUnavailable(startingMs, () => {
      tries += 1;
      return lifecycle.start(job);
    }).finally(() => {
      clearTimeout(timer);
      if (hangs) withoutThread -= 1;
    });
    if (started !== null && tries > 1) await releaseAttempt(database.db, started.id, started.attempt);
    return started;
  }

  /**
   * `returned` when the process stops before the strategy ends, or every thread is taken; `overtaken` when another attempt has ended the
   * execution.
   */
  async function outcomeOf(
    { id, attempt, countedAttempts, strategy, parameters, timeLimitMs }: StartedExecution,
    stopping: AbortSignal,
    cancelled: AbortSignal,
  ): Promise<ExecutionOutcome | "cancelled" | "overtaken" | "returned"> {
    if (countedAttempts > maxAttempts) {
      return failed(`The execution was interrupted ${maxAttempts} times and is not tried again`);
    }
    try {
      return await compute.run(
        { strategy, parameters },
        {
          signals: [stopping, cancelled],
          timeoutMs: Math.min(timeLimitMs ?? timeoutMs, timeoutMs),
          onProgress: reportProgress(id, attempt),
        },
      );
    } catch (error) {
      if (error instanceof ExecutionEnded) return error.isCancelled ? "cancelled" : "overtaken";
      if (stopping.aborted || error instanceof ThreadsBusyError) return "returned";
      throw error;
    }
  }

  /** False when the attempt was overtaken. */
  async function settle(job: TakenJob, started: StartedExecution, outcome: ExecutionOutcome): Promise<boolean> {
    const { id, attempt, callback } = started;
    const plan = callback === null ? null : delivery.plan(id, callback, bytesOf(outcome));
    const first = plan?.first ?? null;
    let sent = false;
    try {
      const opensDelivery = first !== null;
      const settlement = { id, attempt, outcome, job, callback: plan?.job ?? null, opensDelivery };
      const settled = await retryWhileUnavailable(settlingMs, () => lifecycle.settle(settlement));
      if (settled === null) return false;
      if (settled.attemptId !== null && first !== null) {
        sent = true;
        first.send(toMessage(started, outcome, settled.completedAt), settled.attemptId);
      }
      return true;
    } finally {
      if (!sent) first?.cancel();
    }
  }

  /** Progress is informational, so a failed write is only logged. */
  function reportProgress(id: number, attempt: number): (progress: Progress) => void {
    return (progress) => {
      writeProgress(database.db, id, attempt, progress).then(
        () => signals.send("events", String(id)),
        (error: unknown) => log.warn({ execution_id: id, err: error }, "progress could not be written"),
      );
    };
  }
}

/** How long a computed outcome waits for an unavailable database. Another process may take over the execution meanwhile. */
const settlingMs = 60_000;
const startingMs = 5_000;
/** Far longer than it takes to begin an attempt, unless packets are lost. */
const startHangMs = 500;

function bytesOf(outcome: ExecutionOutcome): number {
  return outcome.status === "completed" ? outcome.result.length : outcome.errorMessage.length;
}

function toMessage(started: StartedExecution, outcome: ExecutionOutcome, completedAt: Date): CallbackMessage {
  const execution = { ...started, status: outcome.status, completedAt, errorMessage: null };
  return outcome.status === "completed"
    ? toCompletedMessage(execution, outcome)
    : toCallbackMessage({ ...execution, result: null, errorMessage: storableText(outcome.errorMessage) });
}
