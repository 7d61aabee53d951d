import { MessageChannel, type MessagePort, parentPort, threadId } from "node:worker_threads";
import { packSeries } from "@strategy-executor/db/series";
import { workerData } from "piscina";
import type { Market } from "../../market/price-table.ts";
import { type OnProgress, runStrategy } from "../../backtest/run-strategy.ts";
import { loadRegistry } from "../registry/registry.ts";
import { StrategyError } from "../../strategy/strategy.ts";
import type {
  Computed,
  ComputedInThread,
  ComputeWorkerData,
  FromComputation,
  FromThread,
  NumberedTask,
} from "./compute-messages.ts";
import { resultMismatch } from "../lifecycle/execution-result.ts";
import { failureMessage } from "./failure-message.ts";
import { askForPrices } from "./market-port.ts";
import { isToLeaveOthers, setRunningNumber, startThreadState } from "./thread-state.ts";

/** Executions that end sooner than this say nothing. */
const progressMs = 250;

// What a strategy left behind, such as a promise that nobody waits for, is not to end the thread under the next execution.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => tellPool({ kind: "stray error", message: failureMessage(error) }));
}

const state = startThreadState();
const { port1: port, port2: portOfPool } = new MessageChannel();
tellPool({ kind: "hello", thread: threadId, state, port: portOfPool }, [portOfPool]);

const { strategies } = await loadRegistry((workerData as ComputeWorkerData).strategiesDir);

/** Answers once the thread has loaded. */
export function ready(): void {
  return;
}

/** Runs strategies, one after the other, until it is asked to leave the others. What goes wrong in one is its outcome, whatever it throws. */
export async function compute(tasks: readonly NumberedTask[]): Promise<ComputedInThread[]> {
  const done: ComputedInThread[] = [];
  for (const task of tasks) {
    if (isToLeaveOthers(state) && done.length > 0) break;
    const begun = performance.now();
    setRunningNumber(state, task.number);
    const computed = await outcomeOf(task);
    setRunningNumber(state, 0);
    done.push({ number: task.number, computed, ms: performance.now() - begun });
  }
  return done;
}

async function outcomeOf({ strategy: name, parameters, number }: NumberedTask): Promise<Computed> {
  try {
    const strategy = strategies.get(name);
    if (strategy === undefined) throw new StrategyError(`This worker has no strategy ${name}`);
    const { result, series } = await runStrategy(strategy, parameters, market, tellProgress(number));
    const text = JSON.stringify(result);
    return { ok: true, result: text, series: packSeries(series), mismatch: resultMismatch(text) };
  } catch (error) {
    return { ok: false, message: failureMessage(error) };
  }
}

const market: Market = { load: (tickers, extras) => askForPrices(port, tickers, extras) };

function tellProgress(number: number): OnProgress {
  let toldAt = performance.now();
  return (fraction, phase) => {
    if (performance.now() - toldAt < progressMs) return;
    toldAt = performance.now();
    tell({ kind: "progress", number, progress: { fraction, phase } });
  };
}

function tell(message: FromComputation): void {
  port.postMessage(message);
}

function tellPool(message: FromThread, transferred: MessagePort[] = []): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a thread, not of a window
  parentPort?.postMessage(message, transferred);
}
