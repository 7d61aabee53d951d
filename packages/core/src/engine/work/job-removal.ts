import type { Log } from "../../common/log.ts";
import { batchWriter } from "../lifecycle/batch-writer.ts";
import type { QueueName, TakenJob } from "./job.ts";

export interface JobRemoval {
  /** Removes jobs in the background, in batches. A job that cannot be removed is handed out again later. */
  removeLater(name: QueueName, jobs: readonly TakenJob[]): void;
  /** Waits for the removals in progress. */
  drain(): Promise<void>;
}

export interface JobRemovalOptions {
  readonly remove: (name: QueueName, jobs: readonly TakenJob[]) => Promise<unknown>;
  readonly log: Log;
}

/** Long, because a finished job may stay in the queue for a while without harm. */
const batchWindowMs = 100;

export function createJobRemoval({ remove, log }: JobRemovalOptions): JobRemoval {
  const inProgress = new Set<Promise<void>>();
  const writers = new Map<QueueName, (job: TakenJob) => Promise<void>>();

  function writerOf(name: QueueName): (job: TakenJob) => Promise<void> {
    const writer = writers.get(name) ?? batchWriter(removeAll(name), { retriesAlone: () => false, batchWindowMs });
    writers.set(name, writer);
    return writer;
  }

  const removeAll = (name: QueueName) => async (jobs: readonly TakenJob[]) => {
    try {
      await remove(name, jobs);
    } catch (error) {
      log.debug({ queue: name, jobs: jobs.length, err: error }, "finished jobs could not be removed");
    }
    return jobs.map(() => undefined);
  };

  return {
    removeLater(name, jobs) {
      for (const job of jobs) {
        const removing = writerOf(name)(job).finally(() => inProgress.delete(removing));
        inProgress.add(removing);
      }
    },
    async drain() {
      await Promise.all(inProgress);
    },
  };
}
