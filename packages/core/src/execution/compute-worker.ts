import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { packSeries } from "@strategy-executor/db/series";
import { workerData } from "piscina";
import type { PriceTable } from "../market.ts";
import { type OnProgress, runStrategy } from "../run-strategy.ts";
import { loadRegistry } from "../registry.ts";
import { StrategyError } from "../strategy.ts";
import type { ComputeTask, ComputeWorkerData, Computed, FromThread, PricesAnswer } from "./compute.ts";
import { receive } from "./shared-tables.ts";

/** Executions that end sooner than this say nothing. */
const progressMs = 250;

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
  tell(port, { kind: "started" });
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

function toMessage(error: unknown): string {
  if (error instanceof StrategyError) return error.message;
  if (error instanceof Error) return `The strategy failed: ${error.name}: ${error.message}`;
  return `The strategy failed: ${String(error)}`;
}
