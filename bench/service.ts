import { fileURLToPath } from "node:url";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./database.ts";
import { watchMemory } from "./memory.ts";
import { plainDelivery, plainQueue } from "./peers.ts";
import { percentile } from "./percentile.ts";
import type { LoadAnswer, LoadQuestion } from "./processes/load.ts";
import { startProcess } from "./processes/process.ts";
import type { ReceiverAnswer, ReceiverQuestion } from "./processes/receiver.ts";
import { ensureNothingLost } from "./verify.ts";

export const strategiesDir = fileURLToPath(new URL("strategies", import.meta.url));
const silenceMs = 60_000;
const concurrency = 32;

/**
 * From submission to callback, with server, load generator and receiver in separate processes. Fails if anything is lost.
 * Measures latency at 20 and 50 submissions per second, latency and rate under heavy load, and the rate of draining a backlog.
 */
export async function service(options: BenchOptions): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const receiver = stack.use(startProcess<ReceiverQuestion, ReceiverAnswer>("receiver"));
  const { url: callbackUrl } = await receiver.ask({ kind: "reset" });
  const body = bodyOf(options.strategy, callbackUrl);

  const run = async (url: string, question: (posts: { url: string; body: string }) => LoadQuestion) => {
    await receiver.ask({ kind: "reset" });
    const sent = await load.ask(question({ url: `${url}/strategies/execute/`, body }));
    const received = await receiver.ask({ kind: "arrivals", count: sent.ids.length, silenceMs });
    await ensureNothingLost(url, sent, received);
    return { sent, received };
  };

  const steadily = async (url: string, perSecond: number, seconds: number): Promise<Figures> => {
    const done = await run(url, (posts) => ({ ...posts, kind: "steady", perSecond, seconds }));
    const waits = latenciesMs(done);
    const name = `at_${perSecond}_per_s`;
    return {
      [`${name}_p50_ms`]: percentile(waits, 50),
      [`${name}_p99_ms`]: percentile(waits, 99),
      [`${name}_achieved_per_s`]: waits.length / ((done.received.at.at(-1)! - done.sent.at[0]!) / 1000),
    };
  };

  const heavy = {
    perSecond: options.rate ?? (options.database === "postgres" ? 1_000 : 400),
    seconds: options.quick ? 10 : 60,
  };

  /**
   * Warms up before the heavy load. V8 recompiles functions after some hundred, three thousand and ten thousand calls, in all
   * processes at once, and the last of these waves costs as much as a second of service.
   */
  const warmUp = async (url: string) => {
    const perSecond = 0.6 * heavy.perSecond;
    const seconds = (options.quick ? 1_000 : 12_000) / perSecond;
    await run(url, (posts) => ({ ...posts, kind: "steady", perSecond, seconds }));
  };

  /** One process accepts and another works, each with its own event loop. */
  const apart = async (): Promise<Figures> => {
    await using database = await startDatabase("postgres");
    const environment = { STRATEGIES_DIR: strategiesDir };
    await using api = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "api" });
    await using _worker = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "worker" });
    await warmUp(api.url);
    const figures = await steadily(api.url, heavy.perSecond, heavy.seconds);
    return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [`apart_${name}`, figure]));
  };

  const latencies = async (): Promise<Figures> => {
    await using database = await startDatabase(options.database);
    await using server = await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir });
    await run(server.url, (posts) => ({ ...posts, kind: "burst", count: 300, concurrency: 4 }));
    const memory = await watchMemory(server.pid);
    const figures: Record<string, number> = {};
    for (const perSecond of [20, 50]) {
      Object.assign(figures, await steadily(server.url, perSecond, options.quick ? 5 : 15));
    }
    await warmUp(server.url);
    Object.assign(figures, await steadily(server.url, heavy.perSecond, heavy.seconds));
    if (memory !== null) figures["server_peak_above_idle_mb"] = await memory.peakAboveIdleMb();
    return figures;
  };

  const standard = options.database === "pglite" ? { quick: 5_000, whole: 20_000 } : { quick: 3_000, whole: 100_000 };
  const backlog = options.backlog ?? (options.quick ? standard.quick : standard.whole);
  const burst = (posts: { url: string; body: string }): LoadQuestion => ({
    ...posts,
    kind: "burst",
    count: backlog,
    concurrency,
  });

  /** One process owns the embedded database, so it works while it accepts. */
  const acceptAndWork = async (): Promise<Figures> => {
    await using database = await startDatabase("pglite");
    await using server = await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir });
    const memory = await watchMemory(server.pid);
    const { sent, received } = await run(server.url, burst);
    return {
      backlog,
      accepted_per_s: backlog / sent.seconds,
      drain_per_s: backlog / ((received.at.at(-1)! - sent.at[0]!) / 1000),
      ...(memory !== null && { backlog_server_peak_above_idle_mb: await memory.peakAboveIdleMb() }),
    };
  };

  const drain = async (): Promise<Figures> => {
    await using database = await startDatabase("postgres");
    const environment = { STRATEGIES_DIR: strategiesDir };
    await using api = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "api" });
    const apiMemory = await watchMemory(api.pid);
    await receiver.ask({ kind: "reset" });
    const sent = await load.ask(burst({ url: `${api.url}/strategies/execute/`, body }));
    await using worker = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "worker" });
    const workerMemory = await watchMemory(worker.pid);
    const received = await receiver.ask({ kind: "arrivals", count: backlog, silenceMs });
    await ensureNothingLost(api.url, sent, received);
    const drainPerSecond = (backlog - 1) / ((received.at.at(-1)! - received.at[0]!) / 1000);
    const queue = await plainQueue(database.options.databaseUrl!, options.quick ? 3_000 : 10_000);
    return {
      backlog,
      accepted_per_s: backlog / sent.seconds,
      drain_per_s: drainPerSecond,
      ...(apiMemory !== null && { backlog_api_peak_above_idle_mb: await apiMemory.peakAboveIdleMb() }),
      ...(workerMemory !== null && { backlog_worker_peak_above_idle_mb: await workerMemory.peakAboveIdleMb() }),
      plain_pg_boss_send_per_s: queue.sendPerSecond,
      plain_pg_boss_drain_per_s: queue.drainPerSecond,
      accepted_to_plain_pg_boss_ratio: backlog / sent.seconds / queue.sendPerSecond,
      drain_to_plain_pg_boss_ratio: drainPerSecond / queue.drainPerSecond,
    };
  };

  const figures = {
    ...(await latencies()),
    ...(options.database === "postgres" ? { ...(await apart()), ...(await drain()) } : await acceptAndWork()),
  };
  const plain = await plainDelivery(load, callbackUrl, body, options.quick ? 3_000 : 20_000);
  return { ...figures, plain_undici_per_s: plain, drain_to_plain_undici_ratio: figures["drain_per_s"]! / plain };
}

/** The bench's own strategy runs for one month, any other with its defaults. */
export function bodyOf(strategy: string, callbackUrl: string): string {
  const parameters = strategy === "Fixed" ? { start_date: "2024-12-02", end_date: "2024-12-31" } : {};
  return JSON.stringify({ strategy_name: strategy, parameters, callback_url: callbackUrl });
}

/** The time from each submission to its callback. */
export function latenciesMs({ sent, received }: { sent: LoadAnswer; received: ReceiverAnswer }): number[] {
  const arrival = new Map(received.ids.map((id, index) => [id, received.at[index]!]));
  return sent.ids.map((id, index) => arrival.get(id)! - sent.at[index]!);
}
