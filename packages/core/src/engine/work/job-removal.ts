import type { Log } from "../../common/log.ts";
import { grouped } from "../lifecycle/batch-writer.ts";
import type { QueueName, TakenJob } from "./job.ts";

export interface JobRemoval {
  /** Removes jobs in the background, many together. What cannot be removed stays, to be given out again. */
  forget(name: QueueName, jobs: readonly TakenJob[]): void;
  /** Waits for what is under way. */
  drain(): Promise<void>;
}

export interface JobRemovalOptions {
  readonly remove: (name: QueueName, jobs: readonly TakenJob[]) => Promise<unknown>;
  readonly log: Log;
}

/** What is done stays done, whenever its job goes. */
const gatherMs = 100;

export function createJobRemoval({ remove, log }: JobRemovalOptions): JobRemoval {
  const underWay = new Set<Promise<void>>();
  const groups = new Map<QueueName, (job: TakenJob) => Promise<void>>();

  function groupOf(name: QueueName): (job: TakenJob) => Promise<void> {
    const group = groups.get(name) ?? grouped(removeAll(name), { splits: () => false, gatherMs });
    groups.set(name, group);
    return group;
  }

  const removeAll = (name: QueueName) => async (jobs: readonly TakenJob[]) => {
    try {
      await remove(name, jobs);
    } catch (error) {
      log.debug({ queue: name, jobs: jobs.length, err: error }, "jobs that are done could not be removed");
    }
    return jobs.map(() => undefined);
  };

  return {
    forget(name, jobs) {
      for (const job of jobs) {
        const removing = groupOf(name)(job).finally(() => underWay.delete(removing));
        underWay.add(removing);
      }
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
