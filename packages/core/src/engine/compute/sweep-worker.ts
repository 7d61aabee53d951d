import { type MessagePort, threadId } from "node:worker_threads";
import { workerData } from "piscina";
import { packSeries } from "../../backtest/series/pack-series.ts";
import { strategyInstances } from "../registry/strategy-instances.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { sweepResult, computeChunk } from "../../sweep/index.ts";
import type { ComputeWorkerData } from "./compute-messages.ts";
import { failureMessage } from "./failure-message.ts";
import { marketOver } from "./market-port.ts";
import { setRunningNumber, startThreadState } from "./thread-state.ts";
import type { ChunkDone, ChunkTask, ReportDone, ReportTask, StepOutcome } from "./sweep-compute.ts";

const { instanceOf } = strategyInstances((workerData as ComputeWorkerData).sources);

const state = startThreadState();
let steps = 0;

/** Evaluates the combinations of a chunk. */
export function chunk({ strategy: name, port, ...work }: ChunkTask & OverPort): Promise<StepOutcome<ChunkDone>> {
  return outcomeOf(port, name, async (strategy, { market, seen }) => {
    const { numbers, ...counts } = await computeChunk({ strategy, market, ...work });
    return { bytes: new Uint8Array(numbers.buffer), ...counts, prices: await seen() };
  });
}

/** Builds the result from all chunks. */
export function report({ strategy: name, port, ...task }: ReportTask & OverPort): Promise<StepOutcome<ReportDone>> {
  return outcomeOf(port, name, async (strategy, { market, seen }) => {
    const { result, series } = await sweepResult(strategy, task.spec, task.merged, task.counts, market);
    return { result: JSON.stringify(result), series: packSeries(series), prices: await seen() };
  });
}

interface OverPort {
  readonly port: MessagePort;
}

/** Whatever a strategy throws becomes an outcome. */
async function outcomeOf<Done>(
  port: MessagePort,
  name: string,
  work: (strategy: Strategy, prices: ReturnType<typeof marketOver>) => Promise<Done>,
): Promise<StepOutcome<Done>> {
  try {
    setRunningNumber(state, (steps += 1));
    const prices = marketOver(port, { thread: threadId, state });
    return { ok: true, ...(await work(await instanceOf(name), prices)) };
  } catch (error) {
    return { ok: false, message: failureMessage(error) };
  } finally {
    port.close();
  }
}
