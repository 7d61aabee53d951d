import { MessageChannel, type MessagePort, parentPort, threadId } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol, workerData } from "piscina";
import type { Market } from "../../market/price-table.ts";
import { type OnProgress, runToColumns } from "../../backtest/run-strategy.ts";
import { packSeries } from "../../backtest/series/pack-series.ts";
import { strategyInstances } from "../registry/strategy-instances.ts";
import type { ComputedTask, ComputeWorkerData, FromComputation, FromThread, NumberedTask } from "./compute-messages.ts";
import { type ExecutionOutcome, failed } from "../lifecycle/execution-outcome.ts";
import { resultMismatch } from "../lifecycle/execution-result.ts";
import { failureMessage } from "./failure-message.ts";
import { askForPrices } from "./market-port.ts";
import { setRunningNumber, startThreadState } from "./thread-state.ts";

/** Shortest time between two progress reports. */
const progressMs = 250;

// A late error of one strategy, such as a rejected promise without a handler, must not end the thread under the next one.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => postToPool({ kind: "uncaught error", message: failureMessage(error) }));
}

const state = startThreadState();
const { port1: port, port2: poolPort } = new MessageChannel();
postToPool({ kind: "ready", thread: threadId, state, port: poolPort }, [poolPort]);

const { instanceOf } = strategyInstances((workerData as ComputeWorkerData).sources);

/** Returns once the thread has loaded. */
export function ready(): void {
  return;
}

/** Runs a strategy. Whatever it throws becomes the outcome. Returns a `ComputedTask`. */
export async function compute(task: NumberedTask): Promise<unknown> {
  const startedAt = performance.now();
  setRunningNumber(state, task.number);
  const outcome = await outcomeOf(task);
  setRunningNumber(state, 0);
  const computed: ComputedTask = { outcome, ms: performance.now() - startedAt };
  // The series move to the pool's thread without a copy.
  const transferred = outcome.status === "completed" ? [outcome.series.buffer] : [];
  return move({ [transferableSymbol]: transferred, [valueSymbol]: computed });
}

async function outcomeOf({ strategy: name, parameters, number }: NumberedTask): Promise<ExecutionOutcome> {
  try {
    const strategy = await instanceOf(name);
    const { result, series } = await runToColumns(strategy, parameters, market, reportProgress(number));
    const text = JSON.stringify(result);
    return { status: "completed", result: text, series: packSeries(series), mismatch: resultMismatch(result, text) };
  } catch (error) {
    return failed(failureMessage(error));
  }
}

const market: Market = { load: (tickers, extras) => askForPrices(port, tickers, extras) };

function reportProgress(number: number): OnProgress {
  let reportedAt = performance.now();
  return (fraction, phase) => {
    if (performance.now() - reportedAt < progressMs) return;
    reportedAt = performance.now();
    post({ kind: "progress", number, progress: { fraction, phase } });
  };
}

function post(message: FromComputation): void {
  port.postMessage(message);
}

function postToPool(message: FromThread, transferred: MessagePort[] = []): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a thread, not of a window
  parentPort?.postMessage(message, transferred);
}
