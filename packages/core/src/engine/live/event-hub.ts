import { type Database, type ExecutionUpdates, type Owner, readUpdates } from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";

/**
 * Tells the readers of this process that there may be news, and reads for those who follow one execution. Announcements
 * are hints: whoever is woken looks into the database, and a slow poll wakes everybody for announcements that were lost.
 */
export interface EventHub extends Disposable {
  /** Calls `wake` when the execution, or any when null, may have changed. Returns how to stop. */
  subscribe(executionId: number | null, wake: () => void): () => void;
  /** What is new of an execution after the given event; null when its owner has none such. Simultaneous readers share a statement. */
  readUpdates(executionId: number, after: number, owner: Owner): Promise<ExecutionUpdates | null>;
  /** How many are subscribed. */
  readonly size: number;
}

const pollMs = 5_000;
const mostInOneRead = 500;

export function startEventHub(database: Database, signals: Signals): EventHub {
  const wakes = new Map<number | null, Set<() => void>>();
  let size = 0;
  const wake = (key: number | null) => wakes.get(key)?.forEach((callback) => callback());
  const wakeAll = () => [...wakes.keys()].forEach(wake);
  const stopListening = signals.on(
    "events",
    (id) => {
      wake(Number(id));
      wake(null);
    },
    wakeAll,
  );
  const poll = setInterval(wakeAll, pollMs);
  poll.unref();

  let asked: Asked[] = [];
  const readTogether = () => {
    const batch = asked.splice(0, mostInOneRead);
    if (asked.length > 0) setImmediate(readTogether);
    readUpdates(database.db, batch).then(
      (news) => batch.forEach(({ resolve }, index) => resolve(news[index] ?? null)),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  };

  return {
    subscribe(executionId, callback) {
      const callbacks = wakes.get(executionId) ?? new Set();
      wakes.set(executionId, callbacks.add(callback));
      size += 1;
      return () => {
        if (!callbacks.delete(callback)) return;
        size -= 1;
        if (callbacks.size === 0 && wakes.get(executionId) === callbacks) wakes.delete(executionId);
      };
    },
    readUpdates(executionId, after, owner) {
      const { promise, resolve, reject } = Promise.withResolvers<ExecutionUpdates | null>();
      if (asked.length === 0) setImmediate(readTogether);
      asked.push({ executionId, after, owner, resolve, reject });
      return promise;
    },
    get size() {
      return size;
    },
    [Symbol.dispose]() {
      clearInterval(poll);
      stopListening();
    },
  };
}

interface Asked {
  readonly executionId: number;
  readonly after: number;
  readonly owner: Owner;
  readonly resolve: (news: ExecutionUpdates | null) => void;
  readonly reject: (error: unknown) => void;
}
