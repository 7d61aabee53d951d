import { type Database, interruptExecutions, lostWorkers } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import type { Signals } from "../signals/signals.ts";

export interface LostWorkersOptions {
  readonly database: Database;
  readonly signals: Signals;
  /** The worker that this process is, if it is one. */
  readonly self: number | null;
  readonly log: Log;
}

const pollMs = 1_000;
/** After an outage of the database the heartbeats of all workers are old. Each gets the time to send one. */
const graceMs = 4_000;

/**
 * Puts executions of workers whose heartbeats are missing back to `pending`, so that none shows `running` without a worker. Every process
 * does it, because no worker may be left. The queue hands the executions out again on its own.
 */
export function watchLostWorkers({ database, signals, self, log }: LostWorkersOptions): AsyncDisposable {
  const { db, kind } = database;
  const isAlone = kind === "pglite";
  /** Since when the database has answered without a failure. */
  let reachableSince: number | null = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | null = null;

  async function check(): Promise<void> {
    const lost = await lostWorkers(db, { self, isAlone });
    // Those before this process are all that an embedded database can have lost.
    if (isAlone) clearInterval(timer);
    reachableSince ??= performance.now();
    if (lost.length === 0 || (!isAlone && performance.now() - reachableSince < graceMs)) return;
    const ids = await interruptExecutions(db, lost);
    for (const id of ids) {
      log.warn({ execution_id: id }, "execution interrupted: its worker is lost");
      signals.send("events", String(id));
    }
  }

  const timer = setInterval(() => {
    checking ??= check()
      .catch((error: unknown) => {
        reachableSince = null;
        log.debug({ err: error }, "workers could not be read");
      })
      .finally(() => (checking = null));
  }, pollMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await checking;
    },
  };
}
