import { countWaiting, type Database } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/** Estimates how many executions and steps of sweeps wait, so that submissions can be refused when there are too many. */
export interface Backlog extends Disposable {
  readonly isFull: boolean;
  /** Counts an execution, or the steps of a sweep, that this process accepted. */
  add(more?: number): void;
}

const pollMs = 1_000;

/** @param max waiting executions and steps over all processes. Submissions of the last second may exceed it. */
export function watchBacklog({ db }: Database, max: number, log: Log): Backlog {
  let waiting = 0;
  let added = 0;
  let counting = false;
  const count = async () => {
    if (counting || (added === 0 && waiting < max)) return;
    counting = true;
    try {
      const before = added;
      // One more than the limit, or a backlog beyond it would not be seen.
      waiting = await countWaiting(db, max + 1);
      added -= before;
    } catch (error) {
      log.warn({ err: error }, "the backlog could not be counted");
    } finally {
      counting = false;
    }
  };
  added = 1;
  void count();
  const timer = setInterval(() => void count(), pollMs);
  timer.unref();
  return {
    get isFull() {
      return waiting + added > max;
    },
    add: (more = 1) => (added += more),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
