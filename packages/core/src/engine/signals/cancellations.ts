import { type Database, endedExecutions } from "@strategy-executor/db";
import type { Signals } from "./signals.ts";
import type { Log } from "../../common/log.ts";

/** Why the signal of an execution aborts. */
export class ExecutionEnded extends Error {
  override readonly name = "ExecutionEnded";
  /** False when another attempt ended the execution. */
  readonly isCancelled: boolean;

  constructor(id: number, isCancelled: boolean) {
    super(`Execution ${id} ${isCancelled ? "was cancelled" : "has ended"}`);
    this.isCancelled = isCancelled;
  }
}

/** Notifies the process that runs an execution of its cancellation. */
export interface Cancellations extends Disposable {
  /**
   * Calls `run` with a signal that aborts when any process cancels the execution, or another attempt has ended it. Steps of a sweep run in
   * parallel.
   */
  during<T>(executionId: number, run: (cancelled: AbortSignal) => Promise<T>): Promise<T>;
}

/** Longest delay of a cancellation whose signal was lost. */
const pollMs = 2_000;

export function startCancellations({ db }: Database, signals: Signals, log: Log): Cancellations {
  const running = new Map<number, Set<AbortController>>();
  const abort = (id: number, isCancelled: boolean) =>
    running.get(id)?.forEach((controller) => controller.abort(new ExecutionEnded(id, isCancelled)));
  const checkAll = () => {
    if (running.size === 0) return;
    endedExecutions(db, [...running.keys()]).then(
      (ended) => ended.forEach(({ id, status }) => abort(id, status === "cancelled")),
      (error: unknown) => log.warn({ err: error }, "cancellations could not be read"),
    );
  };
  const stopListening = signals.on("cancellations", (id) => abort(Number(id), true), checkAll);
  const poll = setInterval(checkAll, pollMs);
  return {
    async during(executionId, run) {
      const controller = new AbortController();
      const controllers = running.get(executionId) ?? new Set();
      running.set(executionId, controllers.add(controller));
      try {
        return await run(controller.signal);
      } finally {
        controllers.delete(controller);
        if (controllers.size === 0 && running.get(executionId) === controllers) running.delete(executionId);
      }
    },
    [Symbol.dispose]() {
      clearInterval(poll);
      stopListening();
    },
  };
}
