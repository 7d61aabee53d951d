import { addWorker, type Database, endWorker, touchWorker, type WorkerIdentity } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/** This process as a worker that others can see. Disposal records that it has ended. */
export interface Worker extends AsyncDisposable {
  readonly id: number;
}

const heartbeatMs = 2_000;

/** Registers this process as a worker and sends its heartbeats. */
export async function startWorker(
  database: Database,
  identity: WorkerIdentity,
  { busy, log }: { readonly busy: () => number; readonly log: Log },
): Promise<Worker> {
  const id = await addWorker(database.db, identity);
  let touching: Promise<void> | null = null;
  const timer = setInterval(() => {
    touching ??= touchWorker(database.asyncCommitDb, id, busy())
      .catch((error: unknown) => log.warn({ err: error }, "heartbeat of the worker failed"))
      .finally(() => (touching = null));
  }, heartbeatMs);
  return {
    id,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await touching;
      // If it fails, the worker is presumed dead after a while.
      await endWorker(database.db, id).catch((error: unknown) =>
        log.warn({ err: error }, "end of the worker not recorded"),
      );
    },
  };
}
