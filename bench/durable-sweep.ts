import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { ensureBounded, watchMemory } from "./measuring/memory.ts";

/** Sweeps as users submit them, on a server as `npm start` starts it. */
const ordinary = {
  /** 23,750 pairs of windows on 8,222 days of stored prices. */
  crossover_23750: {
    strategy_name: "MovingAverageCrossover",
    parameters: { use_real_data: true, symbol: "BENCH" },
    grid: { axes: { short_window: { from: 5, to: 129 }, long_window: { from: 130, to: 319 } } },
  },
  baa_1000_costs_and_variants: {
    strategy_name: "BoldAssetAllocation",
    parameters: {},
    grid: {
      axes: {
        cost_bps: { from: 0, to: 199 },
        variant: ["BAA-G12", "BAA-G4", "BAA-G12/T3", "BAA-G4/T2", "BAA-SPY"],
      },
    },
  },
  baa_400_seeds: {
    strategy_name: "BoldAssetAllocation",
    parameters: {},
    grid: { axes: { seed: { from: 1, to: 400 } } },
  },
} as const;

/**
 * The 100,128 pairs of windows up to 448 on 20 years of daily bars through the whole service: submitted by REST, distributed
 * by the queue, stored in the database, read as CSV. First with one worker of one thread, then with two such workers; on the
 * embedded database with one process of two threads. Fails unless both tables have the same bytes and every combination, or
 * when memory grows by more than 256 MB. Then ordinary sweeps on one server with all its threads, twice: the first ones start
 * the threads.
 */
export async function durableSweep({ database, quick }: BenchOptions): Promise<Figures> {
  const maxWindow = quick ? 150 : 448;
  const expected = (maxWindow * (maxWindow - 1)) / 2;
  const body = JSON.stringify({
    strategy_name: "MovingAverageCrossover",
    parameters: { start_date: "2005-01-01", end_date: "2024-12-31" },
    grid: { axes: { short_window: { from: 1, to: maxWindow - 1 }, long_window: { from: 2, to: maxWindow } } },
  });
  const one = await measure(1);
  const two = await measure(2);
  if (one.table !== two.table) throw new Error("Two workers produced another table than one");
  const ordinaryFigures = await measureOrdinary();
  return {
    combinations: expected,
    one_worker_s: one.seconds,
    two_workers_s: two.seconds,
    two_to_one_ratio: two.seconds / one.seconds,
    combinations_per_s: expected / two.seconds,
    submit_ms: two.submitMs,
    csv_s: two.csvSeconds,
    csv_mb: two.table.length / 1e6,
    peak_above_idle_mb: Math.max(one.peakMb, two.peakMb),
    ...ordinaryFigures,
  };

  async function measureOrdinary(): Promise<Figures> {
    await using held = await startDatabase(database);
    await using server = await startServerLikeNpmStart(held.options);
    const imported = await fetch(`${server.url}/prices/`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: dailyPrices(8_222),
    });
    if (!imported.ok) throw new Error(`The import was answered with ${imported.status}: ${await imported.text()}`);
    const memory = await watchMemory(server.pid);
    const figures: Record<string, number> = {};
    for (const time of ["first", "again"]) {
      for (const [name, request] of Object.entries(ordinary)) {
        const begun = performance.now();
        await runSweep(server.url, JSON.stringify(request));
        figures[`${name}_${time}_s`] = (performance.now() - begun) / 1000;
      }
    }
    const peakMb = (await memory?.peakAboveIdleMb()) ?? Number.NaN;
    ensureBounded(peakMb);
    return { ...figures, ordinary_peak_above_idle_mb: peakMb };
  }

  async function measure(workers: 1 | 2) {
    await using stack = new AsyncDisposableStack();
    const { options } = stack.use(await startDatabase(database));
    const embedded = database === "pglite";
    const server = stack.use(
      await startServerLikeNpmStart(options, embedded ? { COMPUTE_THREADS: String(workers) } : { ROLE: "api" }),
    );
    const working = [server];
    for (let worker = 0; worker < workers && !embedded; worker += 1) {
      working.push(stack.use(await startServerLikeNpmStart(options, { ROLE: "worker", COMPUTE_THREADS: "1" })));
    }
    const memory = await Promise.all(working.map(({ pid }) => watchMemory(pid)));
    const begun = performance.now();
    const { id, submitMs } = await runSweep(server.url, body);
    const seconds = (performance.now() - begun) / 1000;
    const reading = performance.now();
    const table = await (await fetch(`${server.url}/sweeps/${id}/table/`)).text();
    const csvSeconds = (performance.now() - reading) / 1000;
    const rows = table.split("\n").length - 2;
    if (rows !== expected) throw new Error(`${rows} of ${expected} combinations in the table`);
    const peaks = await Promise.all(memory.map(async (watched) => (await watched?.peakAboveIdleMb()) ?? Number.NaN));
    const peakMb = Math.max(...peaks);
    ensureBounded(peakMb);
    return { seconds, submitMs, csvSeconds, table, peakMb };
  }
}

/** Submits a sweep and waits for its end. @throws Error when it does not complete */
async function runSweep(url: string, body: string): Promise<{ id: number; submitMs: number }> {
  const begun = performance.now();
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/sweeps/`, { method: "POST", headers, body });
  const { execution_id: id } = (await response.json()) as { execution_id: number };
  const submitMs = performance.now() - begun;
  // The stream ends with the sweep.
  const events = await (await fetch(`${url}/executions/${id}/events/`)).text();
  if (!events.includes('"completed"')) throw new Error(`The sweep did not complete:\n${events.slice(-500)}`);
  return { id, submitMs };
}

/** A random walk of a ticker BENCH on weekdays, the same in every run. */
function dailyPrices(count: number): string {
  let [state, price] = [1, 100];
  const random = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  const lines = ["date,ticker,close,adj_close"];
  for (let day = Date.UTC(1994, 0, 3); lines.length <= count; day += 86_400_000) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue;
    price *= 1.0003 + 0.02 * (random() + random() + random() - 1.5);
    lines.push(`${new Date(day).toISOString().slice(0, 10)},BENCH,${price.toFixed(4)},${price.toFixed(4)}`);
  }
  return lines.join("\n");
}
