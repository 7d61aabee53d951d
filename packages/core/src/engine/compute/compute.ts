import type { Progress } from "@strategy-executor/db";
import { Piscina } from "piscina";
import type { Log } from "../../common/log.ts";
import type { Market } from "../../market/price-table.ts";
import type { ComputedTask, ComputeTask, ComputeWorkerData, NumberedTask } from "./compute-messages.ts";
import { watchComputeThreads } from "./compute-threads.ts";
import { type ExecutionOutcome, failed } from "../lifecycle/execution-outcome.ts";
import { ewma } from "./ewma.ts";
import { heapLimitMb, isOutOfMemory, memoryExceeded, youngMb } from "./memory-limit.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import type { Registry } from "../registry/registry.ts";

interface ComputeRun {
  /** Ends the thread when one of these signals aborts. */
  readonly signals: readonly AbortSignal[];
  /** Longest time to compute, without the wait for a thread. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
}

export interface Compute extends AsyncDisposable {
  /**
   * How many executions this process may hold: one for each thread, and enough short ones to keep the threads busy between
   * two polls of the queue.
   */
  readonly slots: number;
  readonly threads: {
    /** Number of threads in the pool. */
    readonly size: number;
    /** Number of threads that compute. */
    readonly busy: number;
    /** Number of tasks that wait for a thread. */
    readonly waiting: number;
  };
  /**
   * Runs a strategy in a worker thread. Failures, exceeded limits and a dead thread are outcomes.
   * @throws the reason of a signal that aborts; ThreadsBusyError when no thread becomes free soon
   */
  run(task: ComputeTask, run: ComputeRun): Promise<ExecutionOutcome>;
}

export interface ComputeOptions {
  readonly threads: number;
  readonly registry: Registry;
  /** The stored prices. Their numbers lie in shared memory, so threads get them without a copy. */
  readonly market: Market;
  /** Memory limit of one execution: its JavaScript heap and its buffers together. */
  readonly memoryMb: number;
  readonly memory: MemoryWatch;
  readonly log: Log;
}

/** No thread became free in time. Another worker may have a free one. */
export class ThreadsBusyError extends Error {
  override readonly name = "ThreadsBusyError";
}

/** How much work is queued ahead for the threads while executions are short. A longer execution counts as slow. */
const aheadMs = 100;
/** Nothing is queued ahead when executions take longer than this, because it would wait too long. */
const maxTypicalMs = 250;
/** Longest wait for a thread: an execution that waits already shows `running`. Shorter when the threads begin no other. */
const maxWaitMs = 900;
const maxStandstillMs = 400;
const waitPollMs = 100;
const maxQueuedPerThread = 128;

/** How long a thread may take to load the strategies. */
const loadLimitMs = 60_000;

/** How long a task may wait for its thread to begin. Then it is submitted again, in case the thread is stuck. */
const beginLimitMs = 30_000;

/**
 * Starts the pool of threads that run strategies, so that the event loop never computes.
 * @throws Error when the threads do not load
 */
export async function startCompute({
  threads,
  registry: { sources },
  market,
  memoryMb,
  memory,
  log,
}: ComputeOptions): Promise<Compute> {
  const workerData: ComputeWorkerData = { sources };
  const pool = new Piscina({
    filename: new URL("./compute-worker.ts", import.meta.url).href,
    name: "compute",
    recordTiming: false,
    minThreads: threads,
    maxThreads: threads,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(memoryMb), maxYoungGenerationSizeMb: youngMb.executions },
  });
  /** Tasks that no thread has yet, in order. */
  const waiting: Task[] = [];
  /** Tasks that wait or that a thread has, by number. */
  const open = new Map<number, Task>();
  let handedOver = 0;
  /** Moving average of the time that executions take; null before the first. */
  let typicalMs: number | null = null;
  let lastNumber = 0;
  /** When a thread last got a task. */
  let begunAt = 0;

  const watch = watchComputeThreads({
    pool,
    market,
    memory,
    log,
    onProgress: (number, progress) => open.get(number)?.onProgress(progress),
    onPoll(number, elapsedMs) {
      const task = open.get(number);
      if (task === undefined) return;
      task.begun = true;
      if (elapsedMs > task.timeoutMs) fail(task, `Time limit of ${task.timeoutMs / 1000} s exceeded`);
    },
    onMemoryExceeded(number) {
      const task = open.get(number);
      if (task !== undefined) fail(task, memoryExceeded(memoryMb));
    },
  });
  const unstick = setInterval(() => {
    const now = performance.now();
    for (const task of open.values()) {
      if (!task.begun && task.handedOverAt !== null && now - task.handedOverAt > beginLimitMs) task.stop.abort();
    }
  }, beginLimitMs / 10);
  const rejectWaiting = setInterval(() => {
    const now = performance.now();
    const since = now - (now - begunAt > maxStandstillMs ? maxStandstillMs : maxWaitMs);
    for (const task of waiting.filter(({ waitingSince }) => waitingSince < since)) {
      abandon(task, () => task.reject(new ThreadsBusyError("No thread is free")));
    }
  }, waitPollMs);
  await Promise.all(Array.from({ length: threads }, () => ready(pool)));

  /** Settles a task early, and ends the thread that has it. */
  function abandon(task: Task, settle: () => void): void {
    if (!open.delete(task.number)) return;
    settle();
    const index = waiting.indexOf(task);
    if (index >= 0) waiting.splice(index, 1);
    else task.stop.abort();
  }

  function fail(task: Task, message: string): void {
    abandon(task, () => task.resolve(failed(message)));
  }

  function handOver(): void {
    while (handedOver < threads && waiting.length > 0) void runInThread(waiting.shift()!);
  }

  async function runInThread(task: Task): Promise<void> {
    handedOver += 1;
    begunAt = task.handedOverAt = performance.now();
    try {
      const { outcome, ms } = (await pool.run(task.input, { signal: task.stop.signal })) as ComputedTask;
      typicalMs = ewma(typicalMs, ms);
      if (open.delete(task.number)) task.resolve(outcome);
    } catch (error) {
      if (task.stop.signal.aborted) submitAgain(task);
      else fail(task, isOutOfMemory(error) ? memoryExceeded(memoryMb) : threadEnded(error));
    } finally {
      handedOver -= 1;
      handOver();
    }
  }

  /** Submits a task again after its thread was stuck. An abandoned task is no longer open. */
  function submitAgain(task: Task): void {
    if (!open.has(task.number)) return;
    task.handedOverAt = null;
    task.stop = new AbortController();
    waiting.unshift(task);
  }

  return {
    get slots() {
      const slow = watch.busyFor(aheadMs);
      const isQuick = typicalMs !== null && typicalMs < maxTypicalMs && slow < threads;
      const ahead = isQuick ? Math.min(Math.max(aheadMs / typicalMs!, 1), maxQueuedPerThread) : 0;
      return threads + Math.floor((threads - slow) * ahead);
    },
    get threads() {
      return { size: threads, busy: watch.busy, waiting: waiting.length + pool.queueSize };
    },
    async run({ strategy, parameters }, { signals, timeoutMs, onProgress }) {
      for (const signal of signals) signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<ExecutionOutcome>();
      const number = (lastNumber += 1);
      const task: Task = {
        number,
        input: { strategy, parameters, number },
        timeoutMs,
        onProgress,
        resolve,
        reject,
        waitingSince: performance.now(),
        stop: new AbortController(),
        handedOverAt: null,
        begun: false,
      };
      const abort = ({ target }: Event) => abandon(task, () => reject((target as AbortSignal).reason));
      for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
      open.set(number, task);
      waiting.push(task);
      handOver();
      try {
        return await promise;
      } finally {
        for (const signal of signals) signal.removeEventListener("abort", abort);
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(unstick);
      clearInterval(rejectWaiting);
      watch[Symbol.dispose]();
      await pool.destroy();
    },
  };
}

/** An execution to compute. */
interface Task {
  readonly number: number;
  readonly input: NumberedTask;
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (outcome: ExecutionOutcome) => void;
  readonly reject: (reason: Error) => void;
  /** When it began to wait for a thread. */
  readonly waitingSince: number;
  /** Ends the thread that has the task. */
  stop: AbortController;
  /** When the pool got the task; null while it waits. */
  handedOverAt: number | null;
  /** Whether a thread was seen running it. */
  begun: boolean;
}

function threadEnded(error: unknown): string {
  return `The strategy ended its thread: ${error instanceof Error ? error.message : String(error)}`;
}

async function ready(pool: Piscina): Promise<void> {
  try {
    await pool.run(undefined, { name: "ready", signal: AbortSignal.timeout(loadLimitMs) });
  } catch (error) {
    await pool.destroy();
    throw new Error(
      "The threads that strategies run in do not start. Is there a module in STRATEGIES_DIR that never loads?",
      {
        cause: error,
      },
    );
  }
}
