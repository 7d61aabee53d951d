import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "../bench.ts";
import { startDatabase } from "../measuring/database.ts";
import { percentile } from "../measuring/percentile.ts";

const streams = 1_000;

/**
 * Opens 1,000 event streams on one server process, each for another execution, and measures the time from the transaction of
 * the terminal event to its arrival at the client. Fails unless every stream receives its terminal event.
 */
export async function terminalStreams({ database }: BenchOptions): Promise<Figures> {
  await using bench = await startDatabase(database);
  await using server = await startServerLikeNpmStart(bench.options);
  // These occupy the threads until every stream is open.
  const first = await submit(server.url, "Slow", { milliseconds: 5_000 });
  const second = await submit(server.url, "Slow", { milliseconds: 5_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: streams });
  const open = Array.from({ length: streams }, async () => {
    const id = await submit(server.url, "BoldAssetAllocation", { variant: "X" });
    return terminalLatencyMs(agent, server.url, id);
  });
  const latencies = await Promise.all(open);
  for (const id of [first, second]) await fetch(`${server.url}/executions/${id}/cancel/`, { method: "POST" });
  agent.destroy();
  if (latencies.length !== streams) throw new Error(`${latencies.length} of ${streams} saw their terminal event`);
  return {
    streams,
    p50_ms: percentile(latencies, 50),
    p99_ms: percentile(latencies, 99),
    worst_ms: percentile(latencies, 100),
  };
}

async function submit(url: string, strategy_name: string, parameters: object): Promise<number> {
  const response = await fetch(`${url}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name, parameters }),
  });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

async function terminalLatencyMs(agent: Agent, url: string, id: number): Promise<number> {
  const request = get(`${url}/executions/${id}/events/`, { agent });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    const data = /"status":"(?:completed|failed|cancelled)","at":"([^"]+)"/.exec(text);
    if (data !== null) return Date.now() - Date.parse(data[1]!);
  }
  throw new Error(`The stream of execution ${id} ended without its terminal event: ${text}`);
}
