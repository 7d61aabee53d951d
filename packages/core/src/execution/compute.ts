import { MessageChannel } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import { Piscina } from "piscina";
import type { Log } from "../log.ts";
import type { Market } from "../market.ts";
import { watchMemory } from "./memory-watch.ts";
import { share, type SharedTable } from "./shared-tables.ts";

/** What a computation came to, ready to be stored, or why there is no result. */
export type Computed =
  | { readonly ok: true; readonly result: string; readonly series: Uint8Array }
  | { readonly ok: false; readonly message: string };

export interface ComputeTask {
  readonly strategy: string;
  /** As the client sent them. */
  readonly parameters: Record<string, unknown>;
}

interface ComputeRun {
  /** When it aborts, the thread is ended, whatever it does. */
  readonly signal: AbortSignal;
  /** Longest time to compute, not counting the wait for a thread. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: Progress) => void;
}

/** What a worker thread is told when it starts. */
export interface ComputeWorkerData {
  readonly strategiesDir: string | undefined;
}

/** What a worker thread says while it computes. */
export type FromThread =
  | {
      readonly kind: "started";
      readonly thread: number;
      /** What it has allocated in shared buffers meanwhile. */
      readonly sharedBytes: Float64Array;
    }
  | { readonly kind: "prices"; readonly tickers: readonly string[] }
  | { readonly kind: "progress"; readonly progress: Progress };

/** What a worker thread says outside of any computation. */
export interface StrayError {
  readonly message: string;
}

/** The answer to a request for prices. */
export type PricesAnswer = ({ readonly ok: true } & SharedTable) | { readonly ok: false; readonly message: string };

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
   * @throws the signal's reason when it aborts
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
const mostPerThread = 64;

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
  pool.on("message", ({ message }: StrayError) => log.warn({ reason: message }, "error outside of any execution"));
  await Promise.all(Array.from({ length: threads }, () => ready(pool)));
  const memory = watchMemory(memoryMb * 1_000_000);
  const begun = new Set<{ readonly at: number }>();
  let typicalMs = aheadMs;
  const ended = (at: number) => (typicalMs += (performance.now() - at - typicalMs) / 16);

  /** Null when no thread has begun with it. */
  async function tryTo(
    task: ComputeTask,
    { signal, timeoutMs, onProgress }: ComputeRun,
    beginMs: number,
  ): Promise<Computed | null> {
    const stop = new AbortController();
    let timer = setTimeout(() => stop.abort("no thread"), beginMs);
    let watched: { stop(): void } | undefined;
    const own = { at: 0 };
    const { port1, port2 } = new MessageChannel();
    port1.on("message", (message: FromThread) => {
      if (message.kind === "started") {
        own.at = performance.now();
        begun.add(own);
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(`Time limit of ${timeoutMs / 1000} s exceeded`), timeoutMs);
        const thread = pool.threads.find(({ threadId }) => threadId === message.thread);
        if (thread === undefined) return;
        watched = memory.start(thread, message.sharedBytes, () => stop.abort(memoryExceeded(memoryMb)));
      } else if (message.kind === "progress") onProgress(message.progress);
      else void answer(market, message.tickers).then((prices) => port1.postMessage(prices));
    });
    try {
      const options = { transferList: [port2], signal: AbortSignal.any([signal, stop.signal]) };
      return (await pool.run({ ...task, port: port2 }, options)) as Computed;
    } catch (error) {
      signal.throwIfAborted();
      if (stop.signal.aborted) return own.at === 0 ? null : { ok: false, message: stop.signal.reason as string };
      return { ok: false, message: isOutOfMemory(error) ? memoryExceeded(memoryMb) : endedThread(error) };
    } finally {
      clearTimeout(timer);
      watched?.stop();
      if (begun.delete(own)) ended(own.at);
      port1.close();
    }
  }

  return {
    get slots() {
      const now = performance.now();
      const slow = [...begun].filter(({ at }) => now - at > aheadMs).length;
      const ahead = slow === threads ? 0 : Math.min(Math.max(aheadMs / typicalMs, 1), mostPerThread);
      return threads + Math.floor((threads - slow) * ahead);
    },
    get threads() {
      return { size: threads, busy: begun.size, waiting: pool.queueSize };
    },
    async run(task, run) {
      for (;;) {
        const computed = await tryTo(task, run, beginLimitMs);
        if (computed !== null) return computed;
      }
    },
    async [Symbol.asyncDispose]() {
      memory[Symbol.dispose]();
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

async function answer(market: Market, tickers: readonly string[]): Promise<PricesAnswer> {
  try {
    return { ok: true, ...share(await market.load(tickers)) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
