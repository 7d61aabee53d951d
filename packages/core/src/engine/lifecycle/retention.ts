import { type Database, removeExpiredExecutions, removeExpiredSubmissionKeys } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

export interface RetentionOptions {
  /** How long an execution is kept after its end; null keeps all. */
  readonly days: number | null;
  readonly log: Log;
}

const everyMs = 60_000;
const batch = 500;

/** Removes what has been kept long enough, now and then and a little at a time. */
export function startRetention({ db }: Database, { days, log }: RetentionOptions): AsyncDisposable {
  const ending = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  const sweep = async () => {
    await removeExpiredSubmissionKeys(db);
    let removed = 0;
    for (let after: number | null = days === null ? null : 0; after !== null && !ending.signal.aborted;) {
      const swept = await removeExpiredExecutions(db, after, days ?? 0, batch);
      removed += swept.removed;
      after = swept.next;
    }
    if (removed > 0) log.info({ removed }, "old executions removed");
  };
  const start = () => {
    sweeping = sweeping.then(sweep).catch((error: unknown) => log.warn({ err: error }, "old executions not removed"));
  };
  start();
  const timer = setInterval(start, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      ending.abort();
      await sweeping;
    },
  };
}
