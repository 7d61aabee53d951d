import { countPending, type Database } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/** Knows, about, how many executions wait, so that more are refused before they pile up without end. */
export interface Backlog extends Disposable {
  readonly isFull: boolean;
  /** One more was accepted here. */
  add(): void;
}

const lookMs = 1_000;

/** @param most executions that may wait in all processes together; a second's more may slip in */
export function watchBacklog({ db }: Database, most: number, log: Log): Backlog {
  let waiting = 0;
  let added = 0;
  let looking = false;
  const look = async () => {
    if (looking || (added === 0 && waiting < most)) return;
    looking = true;
    try {
      const before = added;
      waiting = await countPending(db, most);
      added -= before;
    } catch (error) {
      log.warn({ err: error }, "the backlog could not be counted");
    } finally {
      looking = false;
    }
  };
  added = 1;
  void look();
  const timer = setInterval(() => void look(), lookMs);
  timer.unref();
  return {
    get isFull() {
      return waiting + added > most;
    },
    add: () => (added += 1),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
