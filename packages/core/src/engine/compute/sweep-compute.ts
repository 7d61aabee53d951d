import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { Market } from "../../market/price-table.ts";
import type { Counts, MergedChunks, SweepSpec } from "../../sweep/index.ts";
import type { ComputeWorkerData } from "./compute-messages.ts";
import { serveMarket } from "./market-port.ts";
import { heapLimitMb, isOutOfMemory, memoryExceeded, youngMb } from "./memory-limit.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import type { Registry } from "../registry/registry.ts";

/** The result of a step, or why it has none. */
export type StepOutcome<Done> = ({ readonly ok: true } & Done) | { readonly ok: false; readonly message: string };

interface Task {
  readonly strategy: string;
  readonly spec: SweepSpec;
}

export interface ChunkTask extends Task {
  readonly from: number;
  readonly to: number;
}

export interface ChunkDone {
  readonly bytes: Uint8Array;
  readonly skipped: number;
  readonly failed: number;
  readonly failure: string | null;
  readonly prices: Readonly<Record<string, string>>;
}

export interface ReportTask extends Task {
  readonly merged: MergedChunks;
  readonly counts: Counts;
}

export interface ReportDone {
  /** JSON. */
  readonly result: string;
  readonly series: Uint8Array;
  readonly prices: Readonly<Record<string, string>>;
}

/** Both methods throw the signal's reason when it aborts, and end the thread. */
export interface SweepCompute extends AsyncDisposable {
  chunk(task: ChunkTask, signal: AbortSignal): Promise<StepOutcome<ChunkDone>>;
  report(task: ReportTask, signal: AbortSignal): Promise<StepOutcome<ReportDone>>;
}

export interface SweepComputeOptions {
  readonly threads: number;
  readonly registry: Registry;
  readonly market: Market;
  /** Longest time that one step may compute, without the wait for a thread. */
  readonly timeoutMs: number;
  /** Memory limit of one step. */
  readonly memoryMb: number;
  readonly memory: MemoryWatch;
}

/** Idle threads end after this time, because most of the time no sweep runs. */
const idleMs = 10_000;

/**
 * Creates separate threads for sweeps, so that no execution waits for a chunk; the operating system shares the processors
 * between them. The threads start with the first sweep.
 */
export function createSweepCompute(options: SweepComputeOptions): SweepCompute {
  const { threads, registry, market, timeoutMs, memoryMb, memory } = options;
  const workerData: ComputeWorkerData = { sources: registry.sources };
  const pool = new Piscina({
    filename: new URL("./sweep-worker.ts", import.meta.url).href,
    recordTiming: false,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: idleMs,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(memoryMb), maxYoungGenerationSizeMb: youngMb.sweeps },
  });

  async function run<Done>(name: "chunk" | "report", task: Task, signal: AbortSignal): Promise<StepOutcome<Done>> {
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let watched: { stop(): void } | undefined;
    const stop = (message: string) => limit.abort(new LimitExceeded(message));
    const { port1, port2 } = new MessageChannel();
    serveMarket(port1, market, ({ thread: id, state }) => {
      timer = setTimeout(stop, timeoutMs, `Time limit of ${timeoutMs / 1000} s for a part exceeded`);
      const thread = pool.threads.find(({ threadId }) => threadId === id);
      if (thread !== undefined) watched = memory.start(thread, state, () => stop(memoryExceeded(memoryMb)));
    });
    try {
      const running = { name, transferList: [port2], signal: AbortSignal.any([signal, limit.signal]) };
      return (await pool.run({ ...task, port: port2 }, running)) as StepOutcome<Done>;
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.reason instanceof LimitExceeded) return { ok: false, message: limit.signal.reason.message };
      if (isOutOfMemory(error)) return { ok: false, message: memoryExceeded(memoryMb) };
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, message: `The strategy ended its thread: ${reason}` };
    } finally {
      clearTimeout(timer);
      watched?.stop();
      port1.close();
    }
  }

  return {
    chunk: (task, signal) => run<ChunkDone>("chunk", task, signal),
    report: (task, signal) => run<ReportDone>("report", task, signal),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** Ends a step. */
class LimitExceeded extends Error {}
