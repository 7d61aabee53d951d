import { type Database, endedExecutions } from "@strategy-executor/db";
import type { Signals } from "./signals.ts";
import type { Log } from "../../common/log.ts";

/** Notifies the process that runs an execution of its cancellation. */
export interface Cancellations extends Disposable {
  /** Calls `run` with a signal that aborts when any process cancels the execution. Steps of a sweep run in parallel. */
  during<T>(executionId: number, run: (cancelled: AbortSignal) => Promise<T>): Promise<T>;
}

/** Longest delay of a cancellation whose signal was lost. */
const pollMs = 2_000;

export function startCancellations({ db }: Database, signals: Signals, log: Log): Cancellations {
  const running = new Map<number, Set<AbortController>>();
  const cancel = (id: number) =>
    running.get(id)?.forEach((controller) => controller.abort(new Error(`Execution ${id} was cancelled`)));
  const checkAll = () => {
    if (running.size === 0) return;
    endedExecutions(db, [...running.keys()]).then(
      (ids) => ids.forEach(cancel),
      (error: unknown) => log.warn({ err: error }, "cancellations could not be read"),
    );
  };
  const stopListening = signals.on("cancellations", (id) => cancel(Number(id)), checkAll);
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
