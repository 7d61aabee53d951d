import type { SweepPlan } from "@strategy-executor/db";
import { maxKnownDecisions } from "../../backtest/decide/known-decisions.ts";
import { movingAverageCrossover } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { openGrid, type OpenGrid, type SweepSpec } from "../../sweep/index.ts";

const maxChunks = 4_096;

/** The parameters of the account alone, which decisions do not depend on. */
const ofAccount = new Set(["initial_capital", "cost_bps", "start_date", "end_date"]);

/** A chunk takes just long enough to be worth a job, so that workers share the chunks evenly. */
export function planOf(strategy: Strategy, spec: SweepSpec): SweepPlan {
  const grid = openGrid(spec.grid);
  const combinations = grid.count;
  const perChunk = combinationsPerChunk(strategy, grid);
  // A walk-forward evaluates each in many windows.
  const minChunkSize = spec.walk_forward === undefined ? perChunk : perChunk / 8;
  const chunkSize = Math.max(minChunkSize, Math.ceil(combinations / maxChunks));
  return { combinations, chunkSize, chunks: Math.ceil(combinations / chunkSize) };
}

/** A crossover takes microseconds, as do new costs of known decisions, whereas new decisions or prices take milliseconds. */
function combinationsPerChunk(strategy: Strategy, { names, lengths, count }: OpenGrid): number {
  if (strategy.name === movingAverageCrossover.name) return 2_048;
  const decided = lengths
    .filter((_, axis) => !ofAccount.has(names[axis]!))
    .reduce((product, length) => product * length, 1);
  if (decided > maxKnownDecisions) return 32;
  // Eighths, for the share of each worker and for the progress.
  return 8 * Math.min(32, Math.max(4, Math.ceil(count / 64)));
}
