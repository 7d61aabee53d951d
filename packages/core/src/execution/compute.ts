import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { Market, PriceTable } from "../market.ts";

/** What a computation came to, ready to be stored, or why there is no result. */
export type Computed =
  | { readonly ok: true; readonly result: string; readonly series: Uint8Array }
  | { readonly ok: false; readonly message: string };

export interface ComputeTask {
  readonly strategy: string;
  /** As the client sent them. */
  readonly parameters: Record<string, unknown>;
}

/** What a worker thread is told when it starts. */
export interface ComputeWorkerData {
  readonly strategiesDir: string | undefined;
}

/** What the host answers to a request for prices. */
export type PricesAnswer =
  | { readonly ok: true; readonly table: PriceTable }
  | { readonly ok: false; readonly message: string };

export interface Compute extends AsyncDisposable {
  /**
   * Runs a strategy in a worker thread. Its failures, and a thread that dies, are outcomes.
   * @throws the signal's reason when it aborts; the thread is then ended, whatever it does.
   */
  run(task: ComputeTask, signal: AbortSignal): Promise<Computed>;
}

export interface ComputeOptions {
  readonly threads: number;
  readonly strategiesDir: string | undefined;
  /** The stored prices. Their numbers lie in shared memory, so that threads get them without a copy. */
  readonly market: Market;
}

/** Starts the pool of threads that strategies run in, so that the event loop never computes. */
export function startCompute({ threads, strategiesDir, market }: ComputeOptions): Compute {
  const workerData: ComputeWorkerData = { strategiesDir };
  const pool = new Piscina({
    filename: new URL("./compute-worker.ts", import.meta.url).href,
    name: "compute",
    minThreads: threads,
    maxThreads: threads,
    workerData,
  });
  return {
    async run(task, signal) {
      const { port1, port2 } = new MessageChannel();
      port1.on("message", (tickers: readonly string[]) => {
        market.load(tickers).then(
          (table) => port1.postMessage({ ok: true, table } satisfies PricesAnswer),
          (error: unknown) => port1.postMessage({ ok: false, message: String(error) } satisfies PricesAnswer),
        );
      });
      try {
        return (await pool.run({ ...task, port: port2 }, { transferList: [port2], signal })) as Computed;
      } catch (error) {
        signal.throwIfAborted();
        return {
          ok: false,
          message: `The strategy ended its thread: ${error instanceof Error ? error.message : String(error)}`,
        };
      } finally {
        port1.close();
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
