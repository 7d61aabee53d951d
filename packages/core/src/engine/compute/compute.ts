import type { Progress } from "@strategy-executor/db";
import { Piscina } from "piscina";
import type { Log } from "../../common/log.ts";
import type { Market } from "../../market/price-table.ts";
import { type Batch, batchMs, takeBatch, type Task } from "./compute-batch.ts";
import type { ComputedTask, ComputeTask, ComputeWorkerData } from "./compute-messages.ts";
import { watchComputeThreads } from "./compute-threads.ts";
import { type ExecutionOutcome, failed } from "../lifecycle/execution-outcome.ts";
import { ewma } from "./ewma.ts";

interface ComputeRun {
  /** When one aborts, the thread is ended. */
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
   * @throws the reason of a signal that aborts
   */
  run(task: ComputeTask, run: ComputeRun): Promise<ExecutionOutcome>;
}

export interface ComputeOptions {
  readonly threads: number;
  readonly strategiesDir: string | undefined;
  /** The stored prices. Their numbers lie in shared memory, so threads get them without a copy. */
  readonly market: Market;
  /** Memory limit of one execution: its JavaScript heap and its buffers together. */
  readonly memoryMb: number;
  readonly log: Log;
}

/** How much work is queued ahead for the threads while executions are short. A longer execution counts as slow. */
const aheadMs = 50;
const maxQueuedPerThread = 128;

/** How long a thread may take to load the strategies. */
const loadLimitMs = 60_000;

/** How long a batch may wait for its thread to begin. Then it is submitted again, in case the thread is stuck. */
const beginLimitMs = 30_000;

/**
 * Starts the pool of threads that run strategies, so that the event loop never computes.
 * @throws Error when the threads do not load
 */
export async function startCompute({
  threads,
  strategiesDir,
  market,
  memoryMb,
  log,
}: ComputeOptions): Promise<Compute> {
  const workerData: ComputeWorkerData = { strategiesDir };
  const pool = new Piscina({
    filename: new URL("./compute-worker.ts", import.meta.url).href,
    name: "compute",
    minThreads: threads,
    maxThreads: threads,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(memoryMb) },
  });
  /** Tasks that no thread has yet, in order. */
  const waiting: Task[] = [];
  const running = new Map<number, Task>();
  const batches = new Set<Batch>();
  /** Moving averages of the time that executions take: by strategy, and over all. */
  const strategyMs = new Map<string, number>();
  let typicalMs = aheadMs;
  let lastNumber = 0;
  let dispatchScheduled = false;

  const watch = watchComputeThreads({
    pool,
    market,
    memoryMb,
    log,
    onProgress: (number, progress) => running.get(number)?.onProgress(progress),
    onPoll(number, elapsedMs) {
      const task = running.get(number);
      for (const batch of batchesOf(number)) batch.begun = true;
      if (task === undefined) {
        // Its caller has batches up.
        if (elapsedMs > 0) stopThreadsAt(number);
      } else if (elapsedMs > task.timeoutMs) fail(task, `Time limit of ${task.timeoutMs / 1000} s exceeded`);
      else if (elapsedMs > aheadMs) takeBack(task);
    },
    onMemoryExceeded(number) {
      const task = running.get(number);
      if (task !== undefined) fail(task, memoryExceeded(memoryMb));
    },
  });
  const unstick = setInterval(() => {
    const now = performance.now();
    for (const batch of batches) if (!batch.begun && now - batch.startedAt > beginLimitMs) batch.stop.abort();
  }, beginLimitMs / 10);
  await Promise.all(Array.from({ length: threads }, () => ready(pool)));

  /** More than one when a task was taken back at the moment its thread began it. */
  function batchesOf(number: number): Batch[] {
    return [...batches].filter(({ numbers }) => numbers.has(number));
  }

  /** The other tasks of these batches are computed again. */
  function stopThreadsAt(number: number): void {
    for (const batch of batchesOf(number)) batch.stop.abort();
  }

  function fail(task: Task, message: string): void {
    abandon(task, () => task.resolve(failed(message)));
  }

  /** Settles a task early, and ends its thread if the task has begun. */
  function abandon(task: Task, settle: () => void): void {
    if (!running.delete(task.number)) return;
    settle();
    dequeue(task);
    if (watch.isRunning(task.number)) stopThreadsAt(task.number);
  }

  function dequeue(task: Task): void {
    const index = waiting.indexOf(task);
    if (index >= 0) waiting.splice(index, 1);
  }

  /** A slow task must not hold up its batch: tasks behind it run elsewhere, and finished ones may run twice. */
  function takeBack(slow: Task): void {
    for (const batch of batchesOf(slow.number)) {
      if (batch.tasks.length === 1) continue;
      watch.returnRest(slow.number);
      waiting.unshift(...batch.tasks.filter((task) => task !== slow && running.has(task.number)));
      batch.tasks = [slow];
    }
    dispatch();
  }

  /** Tasks of the same turn of the event loop are dispatched together. */
  function dispatchSoon(): void {
    if (dispatchScheduled) return;
    dispatchScheduled = true;
    setImmediate(() => {
      dispatchScheduled = false;
      dispatch();
    });
  }

  function dispatch(): void {
    while (batches.size < threads && waiting.length > 0) void runBatch(takeBatch(waiting, threads, expectedMs));
  }

  function expectedMs({ strategy }: Task): number {
    return strategyMs.get(strategy) ?? batchMs;
  }

  async function runBatch(tasks: Task[]): Promise<void> {
    const numbers = new Set(tasks.map(({ number }) => number));
    const batch: Batch = { tasks, numbers, stop: new AbortController(), startedAt: performance.now(), begun: false };
    batches.add(batch);
    try {
      const numbered = tasks.map(({ strategy, parameters, number }) => ({ strategy, parameters, number }));
      const done = (await pool.run(numbered, { signal: batch.stop.signal })) as ComputedTask[];
      for (const computed of done) finish(computed);
    } catch (error) {
      const unfinished = batch.tasks.filter(({ number }) => running.has(number));
      const [only] = unfinished;
      if (!batch.stop.signal.aborted && numbers.size === 1 && only !== undefined) {
        fail(only, isOutOfMemory(error) ? memoryExceeded(memoryMb) : threadEnded(error));
      } else {
        // One of them ended the thread. Each is tried alone, so that only that one fails.
        for (const task of unfinished) task.alone = true;
        waiting.unshift(...unfinished);
      }
    } finally {
      batches.delete(batch);
      dispatch();
    }
  }

  function finish({ number, ms, outcome }: ComputedTask): void {
    const task = running.get(number);
    if (task === undefined) return;
    running.delete(number);
    // It may have been taken back at the moment its thread began it.
    dequeue(task);
    const average = ewma(strategyMs.get(task.strategy), ms);
    // A strategy that was slow once runs in smaller batches for a while. Times below `batchMs` may be noise.
    strategyMs.set(task.strategy, ms > batchMs ? Math.max(ms, average) : average);
    typicalMs = ewma(typicalMs, ms);
    task.resolve(outcome);
  }

  return {
    get slots() {
      const slow = watch.busyFor(aheadMs);
      const ahead = slow === threads ? 0 : Math.min(Math.max(aheadMs / typicalMs, 1), maxQueuedPerThread);
      return threads + Math.floor((threads - slow) * ahead);
    },
    get threads() {
      return { size: threads, busy: watch.busy, waiting: waiting.length + pool.queueSize };
    },
    async run({ strategy, parameters }, { signals, timeoutMs, onProgress }) {
      for (const signal of signals) signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<ExecutionOutcome>();
      const number = (lastNumber += 1);
      const task: Task = { strategy, parameters, number, timeoutMs, onProgress, resolve, alone: false };
      const abort = ({ target }: Event) => abandon(task, () => reject((target as AbortSignal).reason));
      for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
      running.set(number, task);
      waiting.push(task);
      dispatchSoon();
      try {
        return await promise;
      } finally {
        for (const signal of signals) signal.removeEventListener("abort", abort);
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(unstick);
      watch[Symbol.dispose]();
      await pool.destroy();
    },
  };
}

/**
 * Far above the limit of an execution: V8 ends the process, not the thread, when a single allocation far exceeds its limit, as
 * the growth of a large array does. The memory watch must act first.
 */
function heapLimitMb(memoryMb: number): number {
  return 4 * memoryMb + 1_024;
}

function memoryExceeded(memoryMb: number): string {
  return `Memory limit of ${memoryMb} MB exceeded`;
}

function threadEnded(error: unknown): string {
  return `The strategy ended its thread: ${error instanceof Error ? error.message : String(error)}`;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
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
