import {
  type Database,
  removeExpiredExecutions,
  removeExpiredRuns,
  removeExpiredSubmissionKeys,
  removeExpiredWorkers,
} from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

export interface RetentionOptions {
  /** How many days an execution is kept after its end; null keeps all. */
  readonly days: number | null;
  readonly log: Log;
}

const intervalMs = 60_000;
const batchSize = 500;

/** Removes expired executions once a minute, in small batches. */
export function startRetention({ db }: Database, { days, log }: RetentionOptions): AsyncDisposable {
  const ending = new AbortController();
  let removing: Promise<void> = Promise.resolve();
  const removeExpired = async () => {
    await removeExpiredSubmissionKeys(db);
    if (days !== null) {
      await removeExpiredRuns(db, days);
      await removeExpiredWorkers(db, days);
    }
    let removed = 0;
    for (let after: number | null = days === null ? null : 0; after !== null && !ending.signal.aborted;) {
      const page = await removeExpiredExecutions(db, after, days ?? 0, batchSize);
      removed += page.removed;
      after = page.next;
    }
    if (removed > 0) log.info({ removed }, "old executions removed");
  };
  const start = () => {
    removing = removing
      .then(removeExpired)
      .catch((error: unknown) => log.warn({ err: error }, "old executions not removed"));
  };
  start();
  const timer = setInterval(start, intervalMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      ending.abort();
      await removing;
    },
  };
}
