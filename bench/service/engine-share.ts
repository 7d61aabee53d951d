import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "../bench.ts";
import { startDatabase } from "../measuring/database.ts";
import { watchMemory } from "../measuring/memory.ts";
import { plainDelivery, plainQueue } from "../measuring/peers.ts";
import { ensureNothingLost } from "../measuring/verify.ts";
import { type RoundTrips, steadyFigures } from "./round-trips.ts";
import { bodyOf, strategiesDir } from "./workloads.ts";

const silenceMs = 60_000;
const concurrency = 32;

/**
 * The engine's share, measured with the one-month no-op: latency at 50 submissions a second, latency and rate under heavy load,
 * and the rate of draining a backlog; beside pg-boss alone and a bare loop over undici.
 */
export async function engineShare(options: BenchOptions, trips: RoundTrips): Promise<Figures> {
  const heavy = {
    kind: "steady",
    perSecond: options.rate ?? (options.database === "postgres" ? 1_000 : 400),
    seconds: options.quick ? 10 : 60,
  } as const;
  const heavyName = `at_${heavy.perSecond}_per_s`;

  /**
   * Warms up before the heavy load. V8 recompiles functions after some hundred, three thousand and ten thousand calls, in all
   * processes at once, and the last of these waves costs as much as a second of service.
   */
  const warmUp = async (url: string) => {
    const perSecond = 0.6 * heavy.perSecond;
    await trips.run(url, "no_op", { kind: "steady", perSecond, seconds: (options.quick ? 1_000 : 12_000) / perSecond });
  };

  /** One process accepts and another works, each with its own event loop. */
  const apart = async (): Promise<Figures> => {
    await using database = await startDatabase("postgres");
    const environment = { STRATEGIES_DIR: strategiesDir };
    await using api = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "api" });
    await using _worker = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "worker" });
    await warmUp(api.url);
    return steadyFigures(`apart_${heavyName}`, await trips.run(api.url, "no_op", heavy));
  };

  const latencies = async (): Promise<Figures> => {
    await using database = await startDatabase(options.database);
    await using server = await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir });
    await trips.run(server.url, "no_op", { kind: "burst", count: 300, concurrency: 4 });
    const memory = await watchMemory(server.pid);
    const calm = { kind: "steady", perSecond: 50, seconds: options.quick ? 5 : 15 } as const;
    const figures = { ...steadyFigures("at_50_per_s", await trips.run(server.url, "no_op", calm)) };
    await warmUp(server.url);
    Object.assign(figures, steadyFigures(heavyName, await trips.run(server.url, "no_op", heavy)));
    return memory === null ? figures : { ...figures, server_peak_above_idle_mb: await memory.peakAboveIdleMb() };
  };

  const standard = options.database === "pglite" ? { quick: 5_000, whole: 20_000 } : { quick: 3_000, whole: 100_000 };
  const backlog = options.backlog ?? (options.quick ? standard.quick : standard.whole);
  const burst = { kind: "burst", count: backlog, concurrency } as const;

  /** One process owns the embedded database, so it works while it accepts. */
  const acceptAndWork = async (): Promise<Figures> => {
    await using database = await startDatabase("pglite");
    await using server = await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir });
    const memory = await watchMemory(server.pid);
    const { sent, received } = await trips.run(server.url, "no_op", burst);
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
    const sent = await trips.submit(api.url, "no_op", burst);
    await using worker = await startServerLikeNpmStart(database.options, { ...environment, ROLE: "worker" });
    const workerMemory = await watchMemory(worker.pid);
    const received = await trips.receiver.ask({ kind: "arrivals", count: backlog, silenceMs });
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
  const plain = await plainDelivery(
    trips.load,
    trips.callbackUrl,
    bodyOf("no_op", 0, trips.callbackUrl),
    options.quick ? 3_000 : 20_000,
  );
  const named = Object.entries({ ...figures, drain_to_plain_undici_ratio: figures["drain_per_s"]! / plain });
  return { ...Object.fromEntries(named.map(([name, value]) => [`engine_${name}`, value])), plain_undici_per_s: plain };
}
