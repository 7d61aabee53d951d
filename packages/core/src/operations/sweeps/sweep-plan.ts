import type { SweepPlan } from "@strategy-executor/db";
import { movingAverageCrossover } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { openGrid, type SweepSpec } from "../../sweep/index.ts";

const maxChunks = 4_096;

/** A chunk takes just long enough to be worth a job, so that workers share the chunks evenly. */
export function planOf(strategy: Strategy, spec: SweepSpec): SweepPlan {
  const { count: combinations } = openGrid(spec.grid);
  // A crossover takes microseconds, other strategies take milliseconds. A walk-forward evaluates each in many windows.
  const perChunk = strategy.name === movingAverageCrossover.name ? 2_048 : 32;
  const minChunkSize = spec.walk_forward === undefined ? perChunk : perChunk / 8;
  const chunkSize = Math.max(minChunkSize, Math.ceil(combinations / maxChunks));
  return { combinations, chunkSize, chunks: Math.ceil(combinations / chunkSize) };
}
