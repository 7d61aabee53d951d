import { type Database, type ExecutionUpdates, type Owner, readUpdates } from "@strategy-executor/db";
import type { Signals } from "../signals/signals.ts";
import { createFeedTail, type FeedTail } from "./feed-tail.ts";

/**
 * Wakes the readers of this process when executions may have changed, and reads for them. Signals
 * are hints: a woken reader reads the database, and a slow poll wakes all readers in case a signal was lost.
 */
export interface EventHub extends Disposable {
  /** Calls `wake` when the execution may have changed. Returns how to stop. */
  subscribe(executionId: number, wake: () => void): () => void;
  /** The events after the given one; null when the owner has no such execution. Simultaneous readers share a statement. */
  readUpdates(executionId: number, after: number, owner: Owner): Promise<ExecutionUpdates | null>;
  /** The events of all executions. */
  readonly feed: FeedTail;
  /** Number of subscriptions, including the feed's. */
  readonly size: number;
}

const pollMs = 5_000;
const maxPerRead = 500;

export function startEventHub(database: Database, signals: Signals): EventHub {
  const wakes = new Map<number, Set<() => void>>();
  const anyChange = new Set<() => void>();
  let size = 0;
  const wake = (id: number) => wakes.get(id)?.forEach((callback) => callback());
  const wakeAll = () => {
    [...wakes.keys()].forEach(wake);
    anyChange.forEach((callback) => callback());
  };
  const feed = createFeedTail(database, (callback) => {
    anyChange.add(callback);
    return () => anyChange.delete(callback);
  });
  const stopListening = signals.on(
    "events",
    (id) => {
      wake(Number(id));
      anyChange.forEach((callback) => callback());
    },
    wakeAll,
  );
  const poll = setInterval(wakeAll, pollMs);
  poll.unref();

  let requests: Request[] = [];
  const readBatch = () => {
    const batch = requests.splice(0, maxPerRead);
    if (requests.length > 0) setImmediate(readBatch);
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
      if (requests.length === 0) setImmediate(readBatch);
      requests.push({ executionId, after, owner, resolve, reject });
      return promise;
    },
    feed,
    get size() {
      return size + feed.size;
    },
    [Symbol.dispose]() {
      feed[Symbol.dispose]();
      clearInterval(poll);
      stopListening();
    },
  };
}

interface Request {
  readonly executionId: number;
  readonly after: number;
  readonly owner: Owner;
  readonly resolve: (news: ExecutionUpdates | null) => void;
  readonly reject: (error: unknown) => void;
}
