import { type Database, endedExecutions } from "@strategy-executor/db";
import type { Signals } from "./signals.ts";
import type { Log } from "../../common/log.ts";

/** Brings the news of a cancellation to the process that runs the execution. */
export interface Cancellations extends Disposable {
  /** Runs with a signal that aborts when the execution is cancelled meanwhile, by whichever process. Steps of a sweep run side by side. */
  during<T>(executionId: number, run: (cancelled: AbortSignal) => Promise<T>): Promise<T>;
}

/** How long a cancellation can go unnoticed when its announcement was lost. */
const pollMs = 2_000;

export function startCancellations({ db }: Database, signals: Signals, log: Log): Cancellations {
  const running = new Map<number, Set<AbortController>>();
  const cancel = (id: number) =>
    running.get(id)?.forEach((controller) => controller.abort(new Error(`Execution ${id} was cancelled`)));
  const look = () => {
    if (running.size === 0) return;
    endedExecutions(db, [...running.keys()]).then(
      (ids) => ids.forEach(cancel),
      (error: unknown) => log.warn({ err: error }, "cancellations could not be read"),
    );
  };
  const stopListening = signals.on("cancellations", (id) => cancel(Number(id)), look);
  const poll = setInterval(look, pollMs);
  return {
    async during(executionId, run) {
      const controller = new AbortController();
      const together = running.get(executionId) ?? new Set();
      running.set(executionId, together.add(controller));
      try {
        return await run(controller.signal);
      } finally {
        together.delete(controller);
        if (together.size === 0 && running.get(executionId) === together) running.delete(executionId);
      }
    },
    [Symbol.dispose]() {
      clearInterval(poll);
      stopListening();
    },
  };
}
