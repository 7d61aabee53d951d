import type { Worker } from "node:worker_threads";
import { sharedBytes, type ThreadState } from "./thread-state.ts";

/** Ends what takes too much memory before the process dies of it. */
export interface MemoryWatch extends Disposable {
  /**
   * Watches a thread while something runs in it. `exceeded` is called once, when it has taken more than the limit.
   */
  start(thread: Worker, state: ThreadState, exceeded: () => void): Watched;
}

interface Watched {
  stop(): void;
}

const lookMs = 50;

/**
 * Watches the memory of threads from outside, since V8's own limit knows the JavaScript heap only, and ends the whole
 * process when a single allocation goes far beyond it. A thread is asked what its heap and its buffers take. Memory that is
 * nobody's by these figures, such as shared buffers and what native code allocates, shows in the resident size of the process
 * alone: when that grows by more than the limit, the thread under which it has grown most, or which has allocated most of what is
 * shared, is taken for the cause.
 *
 * What runs for less than 50 ms is not asked.
 */
export function watchMemory(limitBytes: number): MemoryWatch {
  const watched = new Set<Entry>();
  /** The most that each thread and the rest of the process have had: what they freed may still be resident. */
  const claimed = new Map<Worker, number>();
  let claimedByHost = 0;
  let threadEnded = false;

  const exceed = (entry: Entry) => {
    if (watched.delete(entry)) entry.exceeded();
  };

  const ask = async (entry: Entry) => {
    entry.asking = true;
    const { total_heap_size: heap, external_memory: external } = await entry.thread.getHeapStatistics();
    entry.asking = false;
    if (!claimed.has(entry.thread)) {
      entry.thread.once("exit", () => {
        claimed.delete(entry.thread);
        threadEnded = true;
      });
    }
    claimed.set(entry.thread, Math.max(claimed.get(entry.thread) ?? 0, heap + external));
    if (heap + external > limitBytes) exceed(entry);
  };

  const look = () => {
    if (watched.size === 0) return;
    const { rss, heapTotal, external } = process.memoryUsage();
    claimedByHost = Math.max(claimedByHost, heapTotal + external);
    const unclaimed = rss - claimedByHost - [...claimed.values()].reduce((sum, bytes) => sum + bytes, 0);
    const grownUnder = ({ unclaimedBefore }: Entry) => unclaimed - (unclaimedBefore ?? unclaimed);
    const suspicion = (entry: Entry) => grownUnder(entry) + sharedBytes(entry.state);
    let suspect: Entry | null = null;
    for (const entry of watched) {
      // The memory of a thread that has ended is given back little by little: it is nobody's fault.
      if (entry.unclaimedBefore === null || threadEnded) entry.unclaimedBefore = unclaimed;
      // A thread that has ended meanwhile does not answer.
      else if (!entry.asking) void ask(entry).catch(() => undefined);
      if (suspect === null || suspicion(entry) > suspicion(suspect)) suspect = entry;
    }
    threadEnded = false;
    if (suspect !== null && grownUnder(suspect) > limitBytes) exceed(suspect);
  };

  const timer = setInterval(look, lookMs);
  timer.unref();
  return {
    start(thread, state, exceeded) {
      const entry: Entry = { thread, state, exceeded, unclaimedBefore: null, asking: false };
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
  /** Memory that was nobody's when it was first looked at. */
  unclaimedBefore: number | null;
  asking: boolean;
}
