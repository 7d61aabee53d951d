import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "../bench.ts";
import { startDatabase } from "../measuring/database.ts";
import { ensureBounded, watchMemory } from "../measuring/memory.ts";
import { percentile } from "../measuring/percentile.ts";
import { postmasterOf, processorMs } from "../measuring/processor.ts";
import { latenciesMs, perSecond, type RoundTrips } from "./round-trips.ts";
import { strategiesDir, type Workload } from "./workloads.ts";

const workloads: readonly Workload[] = ["crossover", "crossover_keyed", "baa", "no_op"];
const concurrency = 32;
const rounds = 3;

/**
 * Real executions, the crossover with idempotency keys too, and the no-op taking turns on one server: latency at 20 submissions a
 * second; executions a second with 32 open requests, and what processor time each of them takes where; memory of the server. Fails
 * when that grows by more than 256 MB.
 */
export async function realExecutions(options: BenchOptions, trips: RoundTrips): Promise<Figures> {
  await using database = await startDatabase(options.database);
  await using server = await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir });
  const { databaseUrl } = database.options;
  const postgres = databaseUrl === undefined ? null : await postmasterOf(databaseUrl);
  const memory = await watchMemory(server.pid);
  const figures: Record<string, number> = {};

  // V8 compiles functions anew after some thousand calls.
  const warmUp = options.quick ? 500 : 3_000;
  for (const workload of workloads)
    await trips.run(server.url, workload, { kind: "burst", count: warmUp, concurrency });
  for (const workload of workloads) {
    const pace = { kind: "steady", perSecond: 20, seconds: options.quick ? 5 : 30 } as const;
    const waits = latenciesMs(await trips.run(server.url, workload, pace));
    figures[`${workload}_at_20_per_s_p50_ms`] = percentile(waits, 50);
    figures[`${workload}_at_20_per_s_p99_ms`] = percentile(waits, 99);
  }

  const spent = async () => ({
    server: await processorMs(server.pid),
    postgres: postgres === null ? 0 : await processorMs(postgres),
    clients: (await processorMs(trips.load.pid)) + (await processorMs(trips.receiver.pid)),
  });
  const rates = new Map<Workload, number[]>(workloads.map((workload) => [workload, []]));
  const costs = new Map<string, number[]>();
  const count = options.quick ? 500 : 3_000;
  for (let round = 0; round < rounds; round += 1) {
    for (const workload of workloads) {
      const before = await spent();
      rates
        .get(workload)!
        .push(perSecond(await trips.run(server.url, workload, { kind: "burst", count, concurrency })));
      const after = await spent();
      for (const where of ["server", "postgres", "clients"] as const) {
        const name = `${workload}_${where}_ms`;
        costs.set(name, [...(costs.get(name) ?? []), (after[where] - before[where]) / count]);
      }
    }
  }
  for (const workload of workloads) {
    figures[`${workload}_per_s`] = percentile(rates.get(workload)!, 50);
    if (workload !== "no_op") {
      const ratios = rates.get(workload)!.map((rate, round) => rate / rates.get("no_op")![round]!);
      figures[`${workload}_to_no_op_ratio`] = percentile(ratios, 50);
    }
    for (const where of ["server", "postgres", "clients"]) {
      if (where === "postgres" && postgres === null) continue;
      figures[`${workload}_${where}_ms`] = percentile(costs.get(`${workload}_${where}_ms`)!, 50);
    }
  }
  if (memory !== null) {
    figures["real_server_peak_above_idle_mb"] = await memory.peakAboveIdleMb();
    ensureBounded(figures["real_server_peak_above_idle_mb"]);
  }
  return figures;
}
