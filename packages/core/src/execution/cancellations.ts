import { cancellationChannel, type Database, endedExecutions } from "@strategy-executor/db";
import type { Log } from "../log.ts";

/** Brings the news of a cancellation to the process that runs the execution. */
export interface Cancellations extends AsyncDisposable {
  /** Runs with a signal that aborts when the execution is cancelled meanwhile, by whichever process. */
  during<T>(executionId: number, run: (cancelled: AbortSignal) => Promise<T>): Promise<T>;
}

/** How long a cancellation can go unnoticed when its announcement was lost. */
const pollMs = 2_000;

export async function startCancellations({ db, ...database }: Database, log: Log): Promise<Cancellations> {
  const running = new Map<number, AbortController>();
  const cancel = (id: number) => running.get(id)?.abort(new Error(`Execution ${id} was cancelled`));
  const look = () => {
    if (running.size === 0) return;
    endedExecutions(db, [...running.keys()]).then(
      (ids) => ids.forEach(cancel),
      (error: unknown) => log.warn({ err: error }, "cancellations could not be read"),
    );
  };
  const stopListening = await database.listen(cancellationChannel, (payload) => cancel(Number(payload)), look);
  const poll = setInterval(look, pollMs);
  return {
    async during(executionId, run) {
      const controller = new AbortController();
      running.set(executionId, controller);
      try {
        return await run(controller.signal);
      } finally {
        if (running.get(executionId) === controller) running.delete(executionId);
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(poll);
      await stopListening().catch((error: unknown) => log.warn({ err: error }, "listening did not end in order"));
    },
  };
}
