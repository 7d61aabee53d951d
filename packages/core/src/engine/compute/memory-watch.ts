import type { Worker } from "node:worker_threads";
import { processThreads } from "./process-threads.ts";
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
/** While nothing is watched, other threads are measured once in so many polls. */
const idlePolls = 20;

/**
 * Watches the memory of threads from outside. V8's own limit covers only the JavaScript heap, and V8 ends the whole process
 * when a single allocation far exceeds it. Each thread reports its heap and its buffers. Other memory, such as shared buffers
 * and native allocations, shows only in the resident size of the process. When that grows by more than the limit, the thread
 * with the largest growth during its execution plus its shared buffers is held responsible. Threads that run no execution, such as the
 * embedded database's, are measured too, so that nobody else is held responsible for their memory.
 *
 * Executions of less than 50 ms are not watched.
 */
export function watchMemory(limitBytes: number): MemoryWatch {
  const watched = new Set<Entry>();
  /** Peak of each thread and of the rest of the process: freed memory may still be resident. */
  const claimed = new Map<Worker, number>();
  let claimedByHost = 0;
  const measuring = new Set<Worker>();
  /** The suspect of the last poll, if it was over the limit: threads report their memory a moment after they have taken it. */
  let suspected: Entry | null = null;
  let polls = 0;

  const exceed = (entry: Entry) => {
    if (watched.delete(entry)) entry.exceeded();
  };

  /** Notes the memory of a thread, and returns it; 0 when the thread does not answer because it has ended. */
  const measure = async (thread: Worker): Promise<number> => {
    if (measuring.has(thread)) return 0;
    measuring.add(thread);
    try {
      const { total_heap_size: heap, external_memory: external } = await thread.getHeapStatistics();
      claimed.set(thread, Math.max(claimed.get(thread) ?? 0, heap + external));
      return heap + external;
    } catch {
      return 0;
    } finally {
      measuring.delete(thread);
    }
  };
  const measureExecution = async (entry: Entry) => {
    if ((await measure(entry.thread)) > limitBytes) exceed(entry);
  };

  const poll = () => {
    polls += 1;
    const executing = new Set([...watched].map(({ thread }) => thread));
    const rest = [...processThreads].filter((thread) => !executing.has(thread));
    // What a busy thread holds is not known until it answers.
    const isUnknown = rest.some((thread) => measuring.has(thread));
    if (watched.size > 0 || polls % idlePolls === 0) for (const thread of rest) void measure(thread);
    if (watched.size === 0) return;
    let threadEnded = false;
    for (const thread of claimed.keys()) {
      if (!processThreads.has(thread)) threadEnded = claimed.delete(thread);
    }
    const { rss, heapTotal, external } = process.memoryUsage();
    claimedByHost = Math.max(claimedByHost, heapTotal + external);
    const unclaimed = rss - claimedByHost - [...claimed.values()].reduce((sum, bytes) => sum + bytes, 0);
    const grownUnder = ({ unclaimedBefore }: Entry) => unclaimed - (unclaimedBefore ?? unclaimed);
    const suspicion = (entry: Entry) => grownUnder(entry) + sharedBytes(entry.state);
    let suspect: Entry | null = null;
    for (const entry of watched) {
      // The memory of an ended thread is released gradually and must not be attributed to another.
      if (entry.unclaimedBefore === null || threadEnded) entry.unclaimedBefore = unclaimed;
      else void measureExecution(entry);
      if (suspect === null || suspicion(entry) > suspicion(suspect)) suspect = entry;
    }
    const isOver = !isUnknown && suspect !== null && grownUnder(suspect) > limitBytes;
    if (isOver && suspect === suspected) exceed(suspect!);
    suspected = isOver ? suspect : null;
  };

  const timer = setInterval(poll, pollMs);
  timer.unref();
  return {
    start(thread, state, exceeded) {
      const entry: Entry = { thread, state, exceeded, unclaimedBefore: null };
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
}
