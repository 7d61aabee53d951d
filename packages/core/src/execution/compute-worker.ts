import { once } from "node:events";
import { type MessagePort, parentPort, threadId } from "node:worker_threads";
import { packSeries } from "@strategy-executor/db/series";
import { workerData } from "piscina";
import type { PriceTable } from "../market.ts";
import { type OnProgress, runStrategy } from "../run-strategy.ts";
import { loadRegistry } from "../registry.ts";
import { StrategyError, textOf } from "../strategy.ts";
import { countSharedBuffers } from "./shared-buffers.ts";
import type { ComputeTask, ComputeWorkerData, Computed, FromThread, PricesAnswer, StrayError } from "./compute.ts";
import { receive } from "./shared-tables.ts";

/** Executions that end sooner than this say nothing. */
const progressMs = 250;

// What a strategy left behind, such as a promise that nobody waits for, is not to end the thread under the next execution.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => tellStray({ message: toMessage(error) }));
}

const sharedBytes = countSharedBuffers();

const { strategies } = await loadRegistry((workerData as ComputeWorkerData).strategiesDir);

/** Answers once the thread has loaded. */
export function ready(): void {
  return;
}

/** Runs one strategy. What goes wrong in it is its outcome, whatever it throws. */
export async function compute({
  strategy: name,
  parameters,
  port,
}: ComputeTask & { port: MessagePort }): Promise<Computed> {
  sharedBytes[0] = 0;
  tell(port, { kind: "started", thread: threadId, sharedBytes });
  try {
    const strategy = strategies.get(name);
    if (strategy === undefined) throw new StrategyError(`This worker has no strategy ${name}`);
    const market = { load: (tickers: readonly string[]) => askForPrices(port, tickers) };
    const { result, series } = await runStrategy(strategy, parameters, market, tellProgress(port));
    return { ok: true, result: JSON.stringify(result), series: packSeries(series) };
  } catch (error) {
    return { ok: false, message: toMessage(error) };
  } finally {
    port.close();
  }
}

async function askForPrices(port: MessagePort, tickers: readonly string[]): Promise<PriceTable> {
  tell(port, { kind: "prices", tickers });
  const [answer] = (await once(port, "message")) as [PricesAnswer];
  if (!answer.ok) throw new Error(answer.message);
  return receive(answer);
}

function tellProgress(port: MessagePort): OnProgress {
  let toldAt = performance.now();
  return (fraction, phase) => {
    if (performance.now() - toldAt < progressMs) return;
    toldAt = performance.now();
    tell(port, { kind: "progress", progress: { fraction, phase } });
  };
}

function tell(port: MessagePort, message: FromThread): void {
  port.postMessage(message);
}

function tellStray(error: StrayError): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a thread, not of a window
  parentPort?.postMessage(error);
}

function toMessage(error: unknown): string {
  if (error instanceof StrategyError) return error.message;
  return `The strategy failed: ${error instanceof Error ? `${error.name}: ` : ""}${textOf(error)}`;
}
