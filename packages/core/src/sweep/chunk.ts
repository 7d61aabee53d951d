import type { Market } from "../market/price-table.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { evaluateChunk } from "./evaluate-chunk.ts";
import { bestOf, METRICS, metricsAt, type RankedCombination } from "./metrics-table.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import { tradingDays } from "./trading-days.ts";
import { walkForward, type WalkForwardWindow } from "./walk-forward.ts";

export interface ChunkWork {
  readonly strategy: Strategy;
  readonly spec: SweepSpec;
  /** The combinations `from`, `from + 1`, ... `to - 1`. */
  readonly from: number;
  readonly to: number;
  readonly market: Market;
}

/** Outcome of a chunk. It depends only on the work and the prices. */
export interface ChunkNumbers {
  /**
   * The metrics of all combinations over the whole period, row-major. After them, for each window of the walk-forward: the
   * index of the best combination in training (NaN for none) and its metrics.
   */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly skipped: number;
  readonly failed: number;
  readonly failure: string | null;
}

const winnerLength = 1 + METRICS.length;

/** Evaluates the combinations of a chunk over the whole period and, for a walk-forward, over each training window. @throws StrategyError */
export async function computeChunk({ strategy, spec, from, to, market }: ChunkWork): Promise<ChunkNumbers> {
  const { parameters, grid, objective } = spec;
  const chunk = { strategy, parameters, grid, from, to, market };
  const { table, skipped, failed, failure } = await evaluateChunk(chunk);
  const windows = await windowsOf(strategy, spec, market);
  const numbers = new Float64Array(table.length + windows.length * winnerLength).fill(Number.NaN);
  numbers.set(table);
  for (const [position, { train }] of windows.entries()) {
    const trained = await evaluateChunk({ ...chunk, window: train });
    const [winner] = bestOf(trained.table, objective, 1, from);
    if (winner === undefined) continue;
    const row = METRICS.map((metric) => winner.metrics[metric] ?? Number.NaN);
    numbers.set([winner.index, ...row], table.length + position * winnerLength);
  }
  return { numbers, skipped, failed, failure };
}

/** The windows of a sweep's walk-forward; empty when there is none. @throws StrategyError */
export async function windowsOf(strategy: Strategy, spec: SweepSpec, market: Market): Promise<WalkForwardWindow[]> {
  if (spec.walk_forward === undefined) return [];
  return walkForward(await tradingDays(strategy, spec.parameters, spec.grid, market), spec.walk_forward);
}

/** Unpacks the stored bytes of a chunk with the given number of combinations. */
export function readChunk(bytes: Uint8Array, combinations: number) {
  const numbers = new Float64Array(Uint8Array.from(bytes).buffer);
  const tableLength = combinations * METRICS.length;
  const winners = numbers.subarray(tableLength);
  return {
    table: numbers.subarray(0, tableLength),
    /** By window. */
    winners: Array.from({ length: winners.length / winnerLength }, (_, position): RankedCombination | null => {
      const index = winners[position * winnerLength]!;
      const metrics = winners.subarray(position * winnerLength + 1, (position + 1) * winnerLength);
      return Number.isNaN(index) ? null : { index, metrics: metricsAt(metrics, 0) };
    }),
  };
}
