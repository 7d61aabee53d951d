import type { SweepPlan } from "@strategy-executor/db";
import { maxKnownDecisions } from "../../backtest/decide/known-decisions.ts";
import { scheduleOf } from "../../backtest/decide/needs.ts";
import { builtInStrategies, movingAverageCrossover } from "../../strategies/index.ts";
import { checkParameters } from "../../strategy/parameters.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { openGrid, type SweepSpec } from "../../sweep/index.ts";

const maxChunks = 4_096;

/** The parameters of the account alone, which decisions do not depend on. */
const ofAccount = new Set(["initial_capital", "cost_bps", "start_date", "end_date"]);

/** A chunk takes just long enough to be worth a job, so that workers share the chunks evenly. */
export function planOf(strategy: Strategy, spec: SweepSpec): SweepPlan {
  const combinations = openGrid(spec.grid).count;
  const perChunk = combinationsPerChunk(strategy, spec, combinations);
  // A walk-forward evaluates each in many windows.
  const minChunkSize = spec.walk_forward === undefined ? perChunk : perChunk / 8;
  const chunkSize = Math.max(minChunkSize, Math.ceil(combinations / maxChunks));
  return { combinations, chunkSize, chunks: Math.ceil(combinations / chunkSize) };
}

/** A crossover takes microseconds, as do new costs of known decisions. Other combinations take milliseconds or more. */
function combinationsPerChunk(strategy: Strategy, spec: SweepSpec, combinations: number): number {
  if (strategy === movingAverageCrossover) return 2_048;
  if (!hasKnownDecisions(strategy, spec)) return 32;
  // Eighths, for the share of each worker and for the progress.
  return 8 * Math.min(32, Math.max(4, Math.ceil(combinations / 64)));
}

/** Whether a thread remembers all decisions of the sweep. Of a user's strategy it is not known. */
function hasKnownDecisions(strategy: Strategy, { parameters, grid }: SweepSpec): boolean {
  if (!builtInStrategies.includes(strategy) || strategy.initial !== null) return false;
  const { names, lengths, combinationAt } = openGrid(grid);
  const decided = lengths.filter((_, axis) => !ofAccount.has(names[axis]!));
  if (decided.reduce((product, length) => product * length, 1) > maxKnownDecisions) return false;
  const first = checkParameters(strategy, { ...parameters, ...combinationAt(0) });
  return !(first instanceof Error) && first.success && scheduleOf(strategy, first.data) !== "daily";
}
