import type { Worker } from "node:worker_threads";
import { sharedBytes, type ThreadState } from "./thread-state.ts";

/** Stops executions that use too much memory before the process dies. */
export interface MemoryWatch extends Disposable {
  /** Watches a thread during an execution. `exceeded` is called once, when the thread passes the limit. */
  start(thread: Worker, state: ThreadState, exceeded: () => void): Watched;
}

interface Watched {
  stop(): void;
}

const pollMs = 50;

/**
 * Watches the memory of threads from outside. V8's own limit covers only the JavaScript heap, and V8 ends the whole process
 * when a single allocation far exceeds it. Each thread reports its heap and its buffers. Other memory, such as shared buffers
 * and native allocations, shows only in the resident size of the process. When that grows by more than the limit, the thread
 * with the largest growth during its execution plus its shared buffers is held responsible.
 *
 * Executions of less than 50 ms are not watched.
 */
export function watchMemory(limitBytes: number): MemoryWatch {
  const watched = new Set<Entry>();
  /** Peak of each thread and of the rest of the process: freed memory may still be resident. */
  const claimed = new Map<Worker, number>();
  let claimedByHost = 0;
  let threadEnded = false;

  const exceed = (entry: Entry) => {
    if (watched.delete(entry)) entry.exceeded();
  };

  const measure = async (entry: Entry) => {
    entry.measuring = true;
    // A thread that could not be asked is asked again at the next poll.
    const statistics = await entry.thread.getHeapStatistics().finally(() => (entry.measuring = false));
    const { total_heap_size: heap, external_memory: external } = statistics;
    if (!claimed.has(entry.thread)) {
      entry.thread.once("exit", () => {
        claimed.delete(entry.thread);
        threadEnded = true;
      });
    }
    claimed.set(entry.thread, Math.max(claimed.get(entry.thread) ?? 0, heap + external));
    if (heap + external > limitBytes) exceed(entry);
  };

  const poll = () => {
    if (watched.size === 0) return;
    const { rss, heapTotal, external } = process.memoryUsage();
    claimedByHost = Math.max(claimedByHost, heapTotal + external);
    const unclaimed = rss - claimedByHost - [...claimed.values()].reduce((sum, bytes) => sum + bytes, 0);
    const grownUnder = ({ unclaimedBefore }: Entry) => unclaimed - (unclaimedBefore ?? unclaimed);
    const suspicion = (entry: Entry) => grownUnder(entry) + sharedBytes(entry.state);
    let suspect: Entry | null = null;
    for (const entry of watched) {
      // The memory of an ended thread is released gradually and must not be attributed to another.
      if (entry.unclaimedBefore === null || threadEnded) entry.unclaimedBefore = unclaimed;
      // An ended thread does not answer.
      else if (!entry.measuring) void measure(entry).catch(() => undefined);
      if (suspect === null || suspicion(entry) > suspicion(suspect)) suspect = entry;
    }
    threadEnded = false;
    if (suspect !== null && grownUnder(suspect) > limitBytes) exceed(suspect);
  };

  const timer = setInterval(poll, pollMs);
  timer.unref();
  return {
    start(thread, state, exceeded) {
      const entry: Entry = { thread, state, exceeded, unclaimedBefore: null, measuring: false };
      watched.add(entry);
      return { stop: () => void watched.delete(entry) };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

interface Entry {
  readonly thread: Worker;
  readonly state: ThreadState;
  readonly exceeded: () => void;
  /** Unattributed memory at the first poll of the execution. */
  unclaimedBefore: number | null;
  measuring: boolean;
}
