import { setTimeout as after } from "node:timers/promises";
import { addWorker, type Database, endWorker, touchWorker, type WorkerIdentity } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/** This process as a worker that others can see. Disposal records that it has ended. */
export interface Worker extends AsyncDisposable {
  readonly id: number;
}

const heartbeatMs = 2_000;
const maxUnderWay = 3;
/** How long the end waits for heartbeats. A late one does no harm. */
const endWaitMs = 500;

/** Registers this process as a worker and sends its heartbeats. */
export async function startWorker(
  database: Database,
  identity: WorkerIdentity,
  { busy, log }: { readonly busy: () => number; readonly log: Log },
): Promise<Worker> {
  const id = await addWorker(database.db, identity);
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    // A heartbeat whose packets are lost must not hold up the next one.
    if (underWay.size >= maxUnderWay) return;
    const touching = touchWorker(database.asyncCommitDb, id, busy())
      .catch((error: unknown) => log.warn({ err: error }, "heartbeat of the worker failed"))
      .finally(() => underWay.delete(touching));
    underWay.add(touching);
  }, heartbeatMs);
  return {
    id,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.race([Promise.all(underWay), after(endWaitMs)]);
      // If it fails, the worker is presumed dead after a while.
      await endWorker(database.db, id).catch((error: unknown) =>
        log.warn({ err: error }, "end of the worker not recorded"),
      );
    },
  };
}
