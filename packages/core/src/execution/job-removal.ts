import type { Log } from "../log.ts";
import { grouped } from "./grouped.ts";
import type { QueueName, TakenJob } from "./queue.ts";

/** Jobs that were taken, fenced by that, or the ids of others. */
export type RemovableJobs = readonly TakenJob[] | readonly string[];

export interface JobRemoval {
  /** Removes jobs in the background, many together. What cannot be removed stays, to be given out again. */
  forget(name: QueueName, jobs: RemovableJobs): void;
  /** Waits for what is under way. */
  drain(): Promise<void>;
}

export interface JobRemovalOptions {
  readonly remove: (name: QueueName, jobs: RemovableJobs) => Promise<unknown>;
  /** Most jobs in one call. */
  readonly most: number;
  readonly log: Log;
}

export function createJobRemoval({ remove, most, log }: JobRemovalOptions): JobRemoval {
  const underWay = new Set<Promise<void>>();
  const groups = new Map<string, (job: TakenJob | string) => Promise<void>>();

  function groupOf(name: QueueName, kind: string): (job: TakenJob | string) => Promise<void> {
    const key = `${kind} of ${name}`;
    const group = groups.get(key) ?? grouped(removeAll(name), { most, splits: () => false });
    groups.set(key, group);
    return group;
  }

  const removeAll = (name: QueueName) => async (jobs: readonly (TakenJob | string)[]) => {
    try {
      await remove(name, jobs as RemovableJobs);
    } catch (error) {
      log.debug({ queue: name, jobs: jobs.length, err: error }, "jobs that are done could not be removed");
    }
    return jobs.map(() => undefined);
  };

  return {
    forget(name, jobs) {
      for (const job of jobs) {
        const removing = groupOf(name, typeof job)(job).finally(() => underWay.delete(removing));
        underWay.add(removing);
      }
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
