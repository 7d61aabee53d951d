import {
  connectDatabase,
  type CopiedTable,
  copyDatabase,
  type CopyOptions,
  endMove,
  unfinishedJobs,
} from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import { type NewJob, queueNames, type Redelivery } from "./job.ts";
import { startQueue } from "./queue.ts";

export interface Move extends CopyOptions {
  /** Folder of the embedded database. No server may run on it. */
  readonly dataDir: string;
  /** An empty PostgreSQL, or one into which this database is being moved already. */
  readonly databaseUrl: string;
  readonly log: Log;
}

export interface MoveReport {
  readonly tables: readonly CopiedTable[];
  /** Jobs of what was still to be done. */
  readonly jobs: number;
}

/** Limits of the queues until a worker sets its own, in seconds. */
const untilWorkersSay = { executions: 600, sweeps: 600, callbacks: 60 };

/**
 * Copies an embedded database into PostgreSQL, compares both, and takes over the work that is still to be done. The embedded one
 * stays as it is. An interrupted move goes on when it is repeated, and until it is done no process starts on the PostgreSQL.
 * @throws MoveError, DataDirInUseError, SchemaInUseError, or the driver's error
 */
export async function moveDatabase({ dataDir, databaseUrl, log, onProgress }: Move): Promise<MoveReport> {
  await using source = await connectDatabase({ dataDir });
  const tables = await copyDatabase(source, databaseUrl, { ...(onProgress !== undefined && { onProgress }) });
  const jobs = await unfinishedJobs(source.db);
  await using target = await connectDatabase({ databaseUrl, poolSize: 2, endsMove: true });
  await using queue = await startQueue({ database: target, log, maxSeconds: untilWorkersSay, works: false });
  await target.db.transaction(async (tx) => {
    for (const name of queueNames) {
      // No two processes work on an embedded database, so what a dead one had begun begins again.
      await queue.add(tx, name, jobs.filter((job) => job.queue === name).map(toNewJob));
    }
    await endMove(tx);
  });
  return { tables, jobs: jobs.length };
}

function toNewJob({ id, data, priority, delayMs, group }: Awaited<ReturnType<typeof unfinishedJobs>>[number]): NewJob {
  return {
    id,
    executionId: Number(data["execution_id"]),
    ...(data["step"] !== undefined && { step: Number(data["step"]) }),
    ...(data["redelivery"] !== undefined && { redelivery: data["redelivery"] as Redelivery }),
    ...(priority !== 0 && { priority }),
    ...(delayMs > 0 && { delayMs }),
    ...(group !== null && { group }),
  };
}
