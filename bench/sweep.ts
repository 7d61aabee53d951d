import { movingAverageCrossover } from "@strategy-executor/core";
import {
  bestOf,
  evaluateChunk,
  Grid,
  mergeBest,
  openGrid,
  type RankedCombination,
} from "@strategy-executor/core/sweep";
import type { BenchOptions, Figures } from "./bench.ts";
import { ensureBounded, watchMemory } from "./measuring/memory.ts";

/** Trading days from 2005 to 2024 on the synthetic market. */
const bars = 5_218;
const chunk = 2_000;

/**
 * The 100,128 pairs of windows up to 448 on 20 years of daily bars, in chunks, on one thread of this process: reading the grid,
 * checking parameters, all metrics and the ranking. Fails when a combination is lost or memory grows by more than 256 MB.
 */
export async function sweep({ quick }: BenchOptions): Promise<Figures> {
  const maxWindow = quick ? 150 : 448;
  const grid = Grid.parse({
    axes: { short_window: { from: 1, to: maxWindow - 1 }, long_window: { from: 2, to: maxWindow } },
  });
  const { count } = openGrid(grid);
  const memory = await watchMemory(process.pid);
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  let evaluated = 0;
  let best: RankedCombination[] = [];
  const parts: Float64Array[] = [];
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(from + chunk, count);
    const part = { strategy: movingAverageCrossover, parameters: { start_date: "2005-01-01", end_date: "2024-12-31" } };
    const { table, skipped, failed } = await evaluateChunk({ ...part, grid, from, to, market: { load: noPrices } });
    evaluated += to - from - skipped - failed;
    parts.push(table);
    best = mergeBest([...best, ...bestOf(table, "sharpe", 10, from)], "sharpe", 10);
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const expected = (maxWindow * (maxWindow - 1)) / 2;
  if (evaluated !== expected || best.length !== 10)
    throw new Error(`${evaluated} of ${expected} combinations evaluated`);
  const peakMb = (await memory?.peakAboveIdleMb()) ?? Number.NaN;
  ensureBounded(peakMb);
  return {
    combinations: evaluated,
    seconds,
    combinations_per_s: evaluated / seconds,
    mbars_per_cpu_s: (evaluated * bars) / (user + system),
    peak_above_idle_mb: peakMb,
  };
}

function noPrices(): Promise<never> {
  return Promise.reject(new Error("The bench runs on the synthetic market"));
}
