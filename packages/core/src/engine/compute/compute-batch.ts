import type { Progress } from "@strategy-executor/db";
import type { ExecutionOutcome } from "../lifecycle/execution-outcome.ts";
import type { NumberedTask } from "./compute-messages.ts";

/** An execution to compute. */
export interface Task extends NumberedTask {
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (outcome: ExecutionOutcome) => void;
  /** Runs in a batch of its own, because it may be the task that ended a thread. */
  alone: boolean;
}

/** The tasks that a thread runs in turn. */
export interface Batch {
  /** Tasks that wait for this batch. */
  tasks: readonly Task[];
  /** Numbers of all its tasks, those taken back included. */
  readonly numbers: ReadonlySet<number>;
  /** Ends the thread. */
  readonly stop: AbortController;
  readonly startedAt: number;
  /** Whether a thread was seen running one of its tasks. */
  begun: boolean;
}

/** Intended duration of one batch. */
export const batchMs = 10;

/**
 * Removes the next batch for one of `threads` threads from a queue that is not empty. Short tasks share a batch, because
 * handing one over can take longer than computing it.
 */
export function takeBatch(queue: Task[], threads: number, expectedMs: (task: Task) => number): Task[] {
  const max = Math.ceil(queue.length / threads);
  const batch = queue.splice(0, 1);
  let ms = expectedMs(batch[0]!);
  while (batch.length < max && !batch[0]!.alone && !queue[0]!.alone) {
    ms += expectedMs(queue[0]!);
    if (ms > batchMs) break;
    batch.push(queue.shift()!);
  }
  return batch;
}
