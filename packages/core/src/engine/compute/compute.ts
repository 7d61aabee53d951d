import type { Progress } from "@strategy-executor/db";
import { Piscina } from "piscina";
import type { Log } from "../../common/log.ts";
import type { Market } from "../../market/price-table.ts";
import { type Batch, batchMs, takeBatch, type Task } from "./compute-batch.ts";
import type { Computed, ComputedInThread, ComputeTask, ComputeWorkerData } from "./compute-messages.ts";
import { watchComputeThreads } from "./compute-threads.ts";
import { smoothed } from "./moving-average.ts";

interface ComputeRun {
  /** When one aborts, the thread is ended, whatever it does. */
  readonly signals: readonly AbortSignal[];
  /** Longest time to compute, not counting the wait for a thread. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
}

export interface Compute extends AsyncDisposable {
  /**
   * How many executions may be under way: one for each thread, and while they take milliseconds as many more as keep the
   * threads busy between two looks into the queue.
   */
  readonly slots: number;
  readonly threads: {
    /** Of the pool. */
    readonly size: number;
    /** Those that compute. */
    readonly busy: number;
    /** What waits for a thread. */
    readonly waiting: number;
  };
  /**
   * Runs a strategy in a worker thread. Its failures, the end of its time or memory and a thread that dies are outcomes.
   * @throws the reason of a signal that aborts
   */
  run(task: ComputeTask, run: ComputeRun): Promise<Computed>;
}

export interface ComputeOptions {
  readonly threads: number;
  readonly strategiesDir: string | undefined;
  /** The stored prices. Their numbers lie in shared memory, so that threads get them without a copy. */
  readonly market: Market;
  /** What one execution may take: its JavaScript heap and its buffers together. */
  readonly memoryMb: number;
  readonly log: Log;
}

/** For how long threads have work beside them while executions are quick. */
const aheadMs = 50;
const mostPerThread = 128;

/** How long a thread may take to load the strategies. */
const loadLimitMs = 60_000;

/** How long a computation may wait for a thread before it is given to the pool again, in case its thread is stuck. */
const beginLimitMs = 30_000;

/**
 * Starts the pool of threads that strategies run in, so that the event loop never computes.
 * @throws Error when the threads do not get ready
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
  /** Those that no thread has yet, in the order they are computed in. */
  const line: Task[] = [];
  const underWay = new Map<number, Task>();
  const given = new Set<Batch>();
  /** What executions have taken of late, of each strategy and of all. */
  const strategyMs = new Map<string, number>();
  let typicalMs = aheadMs;
  let lastNumber = 0;
  let givingOut = false;

  const watch = watchComputeThreads({
    pool,
    market,
    memoryMb,
    log,
    onProgress: (number, progress) => underWay.get(number)?.onProgress(progress),
    onLook(number, tookMs) {
      const task = underWay.get(number);
      for (const batch of batchesOf(number)) batch.begun = true;
      if (task === undefined) {
        // Nobody waits for it any longer.
        if (tookMs > 0) stopThreadsAt(number);
      } else if (tookMs > task.timeoutMs) fail(task, `Time limit of ${task.timeoutMs / 1000} s exceeded`);
      else if (tookMs > aheadMs) takeBack(task);
    },
    onTooMuchMemory(number) {
      const task = underWay.get(number);
      if (task !== undefined) fail(task, memoryExceeded(memoryMb));
    },
  });
  const unstick = setInterval(() => {
    const now = performance.now();
    for (const batch of given) if (!batch.begun && now - batch.givenAt > beginLimitMs) batch.stop.abort();
  }, beginLimitMs / 10);
  await Promise.all(Array.from({ length: threads }, () => ready(pool)));

  /** More than one when a task was taken back just when its thread began with it. */
  function batchesOf(number: number): Batch[] {
    return [...given].filter(({ numbers }) => numbers.has(number));
  }

  /** What else they were given is computed again. */
  function stopThreadsAt(number: number): void {
    for (const batch of batchesOf(number)) batch.stop.abort();
  }

  function fail(task: Task, message: string): void {
    end(task, () => task.resolve({ ok: false, message }));
  }

  /** Ends it before its time, with its thread if it has begun. What only waits in a thread's batch is not waited for. */
  function end(task: Task, settle: () => void): void {
    if (!underWay.delete(task.number)) return;
    settle();
    leaveLine(task);
    if (watch.isAt(task.number)) stopThreadsAt(task.number);
  }

  function leaveLine(task: Task): void {
    const place = line.indexOf(task);
    if (place >= 0) line.splice(place, 1);
  }

  /** What shares a batch with one that takes long need not wait for it: neither what is not begun nor what is done, which is quickly done again. */
  function takeBack(running: Task): void {
    for (const batch of batchesOf(running.number)) {
      if (batch.tasks.length === 1) continue;
      watch.leaveOthersBehind(running.number);
      line.unshift(...batch.tasks.filter((task) => task !== running && underWay.has(task.number)));
      batch.tasks = [running];
    }
    giveOut();
  }

  /** What is submitted in the same turn of the event loop is given out together. */
  function giveOutSoon(): void {
    if (givingOut) return;
    givingOut = true;
    setImmediate(() => {
      givingOut = false;
      giveOut();
    });
  }

  function giveOut(): void {
    while (given.size < threads && line.length > 0) void give(takeBatch(line, threads, expectedMs));
  }

  function expectedMs({ strategy }: Task): number {
    return strategyMs.get(strategy) ?? batchMs;
  }

  async function give(tasks: Task[]): Promise<void> {
    const numbers = new Set(tasks.map(({ number }) => number));
    const batch: Batch = { tasks, numbers, stop: new AbortController(), givenAt: performance.now(), begun: false };
    given.add(batch);
    try {
      const numbered = tasks.map(({ strategy, parameters, number }) => ({ strategy, parameters, number }));
      const done = (await pool.run(numbered, { signal: batch.stop.signal })) as ComputedInThread[];
      for (const computed of done) finish(computed);
    } catch (error) {
      const left = batch.tasks.filter(({ number }) => underWay.has(number));
      const [only] = left;
      if (!batch.stop.signal.aborted && numbers.size === 1 && only !== undefined) {
        fail(only, isOutOfMemory(error) ? memoryExceeded(memoryMb) : endedThread(error));
      } else {
        // Whichever of them ended the thread does so again, alone.
        for (const task of left) task.alone = true;
        line.unshift(...left);
      }
    } finally {
      given.delete(batch);
      giveOut();
    }
  }

  function finish({ number, ms, computed }: ComputedInThread): void {
    const task = underWay.get(number);
    if (task === undefined) return;
    underWay.delete(number);
    // It was taken back just when its thread began with it.
    leaveLine(task);
    const usual = smoothed(strategyMs.get(task.strategy), ms);
    // Once slow, alone for a while: what shares its batch would have to wait. Less than that may be the machine's doing.
    strategyMs.set(task.strategy, ms > batchMs ? Math.max(ms, usual) : usual);
    typicalMs = smoothed(typicalMs, ms);
    task.resolve(computed);
  }

  return {
    get slots() {
      const slow = watch.busyFor(aheadMs);
      const ahead = slow === threads ? 0 : Math.min(Math.max(aheadMs / typicalMs, 1), mostPerThread);
      return threads + Math.floor((threads - slow) * ahead);
    },
    get threads() {
      return { size: threads, busy: watch.busy, waiting: line.length + pool.queueSize };
    },
    async run({ strategy, parameters }, { signals, timeoutMs, onProgress }) {
      for (const signal of signals) signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<Computed>();
      const number = (lastNumber += 1);
      const task: Task = { strategy, parameters, number, timeoutMs, onProgress, resolve, alone: false };
      const abort = ({ target }: Event) => end(task, () => reject((target as AbortSignal).reason));
      for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
      underWay.set(number, task);
      line.push(task);
      giveOutSoon();
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
 * Far above what an execution may take: V8 ends the process, not the thread, when one allocation goes far beyond the limit,
 * as the growth of a large array does. The watch is to be first.
 */
function heapLimitMb(memoryMb: number): number {
  return 4 * memoryMb + 1_024;
}

function memoryExceeded(memoryMb: number): string {
  return `Memory limit of ${memoryMb} MB exceeded`;
}

function endedThread(error: unknown): string {
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
