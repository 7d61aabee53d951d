import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { type BenchDatabase, startDatabase } from "./measuring/database.ts";
import { percentile } from "./measuring/percentile.ts";

const long = { milliseconds: 600_000 };

/**
 * The time from SIGKILL of a worker until its execution runs again (PostgreSQL: in a second worker; embedded: in the restarted
 * process, its start included), and the time from a cancel request to the terminal event and to the next execution on the thread.
 */
export async function recovery({ database: kind, quick }: BenchOptions): Promise<Figures> {
  const samples = quick ? 2 : 5;
  await using database = await startDatabase(kind);
  const recoveries = await (kind === "postgres" ? killedWorkers(database, samples) : killedServers(database, samples));
  const { terminals, threads } = await cancellations(database, samples * 4);
  return {
    kills: recoveries.length,
    kill_to_running_again_p50_ms: percentile(recoveries, 50),
    kill_to_running_again_worst_ms: percentile(recoveries, 100),
    cancels: terminals.length,
    cancel_to_terminal_p50_ms: percentile(terminals, 50),
    cancel_to_terminal_worst_ms: percentile(terminals, 100),
    cancel_to_thread_free_p50_ms: percentile(threads, 50),
    cancel_to_thread_free_worst_ms: percentile(threads, 100),
  };
}

async function killedWorkers({ options }: BenchDatabase, samples: number): Promise<number[]> {
  await using api = await startServerLikeNpmStart(options, { ROLE: "api" });
  const worker = () => startServerLikeNpmStart(options, { ROLE: "worker", COMPUTE_THREADS: "1" });
  let victim = await worker();
  const waits: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const id = await submit(api.url);
    await eventAt(api.url, id, "running", 1);
    const other = await worker();
    const killedAt = Date.now();
    await victim.end("SIGKILL");
    waits.push((await eventAt(api.url, id, "running", 2)) - killedAt);
    await cancel(api.url, id);
    victim = other;
  }
  await victim.end("SIGKILL");
  return waits;
}

async function killedServers({ options }: BenchDatabase, samples: number): Promise<number[]> {
  let server = await startServerLikeNpmStart(options);
  const waits: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const id = await submit(server.url);
    await eventAt(server.url, id, "running", 1);
    const killedAt = Date.now();
    await server.end("SIGKILL");
    server = await startServerLikeNpmStart(options);
    waits.push((await eventAt(server.url, id, "running", 2)) - killedAt);
    await cancel(server.url, id);
  }
  await server.end("SIGKILL");
  return waits;
}

async function cancellations({ options }: BenchDatabase, samples: number) {
  await using server = await startServerLikeNpmStart(options, { COMPUTE_THREADS: "1" });
  const [terminals, threads]: [number[], number[]] = [[], []];
  let id = await submit(server.url);
  for (let sample = 0; sample < samples; sample += 1) {
    await eventAt(server.url, id, "running", 1);
    const next = await submit(server.url);
    const askedAt = Date.now();
    await cancel(server.url, id);
    terminals.push((await eventAt(server.url, id, "cancelled", 1)) - askedAt);
    threads.push((await eventAt(server.url, next, "running", 1)) - askedAt);
    id = next;
  }
  await cancel(server.url, id);
  return { terminals, threads };
}

async function submit(url: string): Promise<number> {
  const response = await fetch(`${url}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name: "Slow", parameters: long }),
  });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

async function cancel(url: string, id: number): Promise<void> {
  const response = await fetch(`${url}/executions/${id}/cancel/`, { method: "POST" });
  if (response.status !== 202) throw new Error(`Cancelling execution ${id} was answered with ${response.status}`);
  await response.arrayBuffer();
}

/** Follows an execution until it has entered the status that many times. Returns the time of that event. */
async function eventAt(url: string, id: number, status: string, times: number): Promise<number> {
  const request = get(`${url}/executions/${id}/events/`);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  try {
    let text = "";
    for await (const chunk of response) {
      text += String(chunk);
      const instants = [...text.matchAll(new RegExp(`"status":"${status}","at":"([^"]+)"`, "g"))];
      if (instants.length >= times) return Date.parse(instants[times - 1]![1]!);
    }
  } finally {
    request.destroy();
  }
  throw new Error(`Execution ${id} ended without being ${status} ${times} times`);
}
