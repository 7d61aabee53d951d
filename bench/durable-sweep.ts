import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { watchMemory } from "./measuring/memory.ts";

const maxMb = 256;

/**
 * The 100,128 pairs of windows up to 448 on 20 years of daily bars through the whole service: submitted by REST, distributed
 * by the queue, stored in the database, read as CSV. First with one worker of one thread, then with two such workers; on the
 * embedded database with one process of two threads. Fails unless both tables have the same bytes and every combination, or
 * when memory grows by more than 256 MB.
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
  };

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
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${server.url}/sweeps/`, { method: "POST", headers, body });
    const { execution_id: id } = (await response.json()) as { execution_id: number };
    const submitMs = performance.now() - begun;
    // The stream ends with the sweep.
    const events = await (await fetch(`${server.url}/executions/${id}/events/`)).text();
    const seconds = (performance.now() - begun) / 1000;
    if (!events.includes('"completed"')) throw new Error(`The sweep did not complete:\n${events.slice(-500)}`);
    const reading = performance.now();
    const table = await (await fetch(`${server.url}/sweeps/${id}/table/`)).text();
    const csvSeconds = (performance.now() - reading) / 1000;
    const rows = table.split("\n").length - 2;
    if (rows !== expected) throw new Error(`${rows} of ${expected} combinations in the table`);
    const peaks = await Promise.all(memory.map(async (watched) => (await watched?.peakAboveIdleMb()) ?? Number.NaN));
    const peakMb = Math.max(...peaks);
    if (peakMb > maxMb) throw new Error(`Memory grew by ${Math.round(peakMb)} MB`);
    return { seconds, submitMs, csvSeconds, table, peakMb };
  }
}
