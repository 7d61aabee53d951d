import type { Progress } from "@strategy-executor/db";
import type { Computed, NumberedTask } from "./compute-messages.ts";

/** An execution to compute. */
export interface Task extends NumberedTask {
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (computed: Computed) => void;
  /** Goes to a thread without others: it may be the one that ends its thread. */
  alone: boolean;
}

/** What a thread has, one after the other. */
export interface Batch {
  /** Those that wait for it. */
  tasks: readonly Task[];
  /** Of all that it was given. */
  readonly numbers: ReadonlySet<number>;
  /** Ends the thread. */
  readonly stop: AbortController;
  readonly givenAt: number;
  /** Whether a thread was seen at one of them. */
  begun: boolean;
}

/** How long a thread should take for what it gets at once. */
export const batchMs = 10;

/**
 * Takes what one of so many threads is to get next off the front of a line that is not empty. Quick ones go several at once: to
 * hand one over can take longer than to compute it.
 */
export function takeBatch(line: Task[], threads: number, expectedMs: (task: Task) => number): Task[] {
  const most = Math.ceil(line.length / threads);
  const batch = line.splice(0, 1);
  let ms = expectedMs(batch[0]!);
  while (batch.length < most && !batch[0]!.alone && !line[0]!.alone) {
    ms += expectedMs(line[0]!);
    if (ms > batchMs) break;
    batch.push(line.shift()!);
  }
  return batch;
}
