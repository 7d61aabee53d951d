import { MessageChannel } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import { Piscina } from "piscina";
import type { Market } from "../market.ts";
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
  | { readonly kind: "started" }
  | { readonly kind: "prices"; readonly tickers: readonly string[] }
  | { readonly kind: "progress"; readonly progress: Progress };

/** The answer to a request for prices. */
export type PricesAnswer = ({ readonly ok: true } & SharedTable) | { readonly ok: false; readonly message: string };

export interface Compute extends AsyncDisposable {
  /**
   * How many executions may be under way: one for each thread, and while they take milliseconds as many more as keep the
   * threads busy between two looks into the queue.
   */
  readonly slots: number;
  /**
   * Runs a strategy in a worker thread. Its failures, the end of its time and a thread that dies are outcomes.
   * @throws the signal's reason when it aborts
   */
  run(task: ComputeTask, run: ComputeRun): Promise<Computed>;
}

export interface ComputeOptions {
  readonly threads: number;
  readonly strategiesDir: string | undefined;
  /** The stored prices. Their numbers lie in shared memory, so that threads get them without a copy. */
  readonly market: Market;
}

/** For how long threads have work beside them while executions are quick. */
const aheadMs = 50;
const mostPerThread = 64;

/** How long a thread may take to load the strategies. */
const loadLimitMs = 60_000;

/**
 * Starts the pool of threads that strategies run in, so that the event loop never computes.
 * @throws Error when the threads do not get ready
 */
export async function startCompute({ threads, strategiesDir, market }: ComputeOptions): Promise<Compute> {
  const workerData: ComputeWorkerData = { strategiesDir };
  const pool = new Piscina({
    filename: new URL("./compute-worker.ts", import.meta.url).href,
    name: "compute",
    minThreads: threads,
    maxThreads: threads,
    workerData,
  });
  await Promise.all(Array.from({ length: threads }, () => ready(pool)));
  const begun = new Set<{ readonly at: number }>();
  let typicalMs = aheadMs;
  const ended = (at: number) => (typicalMs += (performance.now() - at - typicalMs) / 16);
  return {
    get slots() {
      const now = performance.now();
      const slow = [...begun].filter(({ at }) => now - at > aheadMs).length;
      const ahead = slow === threads ? 0 : Math.min(Math.max(aheadMs / typicalMs, 1), mostPerThread);
      return threads + Math.floor((threads - slow) * ahead);
    },
    async run(task, { signal, timeoutMs, onProgress }) {
      const limit = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const own = { at: 0 };
      const { port1, port2 } = new MessageChannel();
      port1.on("message", (message: FromThread) => {
        if (message.kind === "started") {
          own.at = performance.now();
          begun.add(own);
          timer = setTimeout(() => limit.abort(), timeoutMs);
        } else if (message.kind === "progress") onProgress(message.progress);
        else void answer(market, message.tickers).then((prices) => port1.postMessage(prices));
      });
      try {
        const options = { transferList: [port2], signal: AbortSignal.any([signal, limit.signal]) };
        return (await pool.run({ ...task, port: port2 }, options)) as Computed;
      } catch (error) {
        signal.throwIfAborted();
        if (limit.signal.aborted) return { ok: false, message: `Time limit of ${timeoutMs / 1000} s exceeded` };
        const reason = error instanceof Error ? error.message : String(error);
        return { ok: false, message: `The strategy ended its thread: ${reason}` };
      } finally {
        clearTimeout(timer);
        if (begun.delete(own)) ended(own.at);
        port1.close();
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
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
