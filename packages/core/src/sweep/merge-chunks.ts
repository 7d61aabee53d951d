import { readChunk } from "./chunk.ts";
import { openGrid } from "./grid.ts";
import { drawHeatMap, type HeatMap } from "./heat-map.ts";
import { bestOf, mergeBest, METRICS, type RankedCombination } from "./metrics-table.ts";
import type { SweepSpec } from "./sweep-spec.ts";

/** Combined outcome of all chunks of a sweep. */
export interface MergedChunks {
  /** Best first. */
  readonly best: readonly RankedCombination[];
  /** The best combination in the training of each walk-forward window; null where there is none. */
  readonly winners: readonly (RankedCombination | null)[];
  readonly heatMap: HeatMap | null;
}

/** Merges the outcomes of chunks one by one, in memory that does not grow with the sweep. */
export function mergeChunks(spec: SweepSpec) {
  const { objective, heat_map: axes } = spec;
  const column = METRICS.indexOf(objective);
  const heatMap = axes === undefined ? null : drawHeatMap(openGrid(spec.grid), axes);
  let best: readonly RankedCombination[] = [];
  let winners: readonly (RankedCombination | null)[] = [];
  return {
    /** Adds the stored bytes of the chunk that begins with combination `from`. */
    add(bytes: Uint8Array, from: number, combinations: number): void {
      const chunk = readChunk(bytes, combinations);
      best = mergeBest([...best, ...bestOf(chunk.table, objective, spec.best, from)], objective, spec.best);
      winners = chunk.winners.map((winner, window) => {
        const both = [winners[window] ?? null, winner].filter((one) => one !== null);
        return mergeBest(both, objective, 1)[0] ?? null;
      });
      if (heatMap === null) return;
      for (let row = 0; row < combinations; row += 1) {
        heatMap.add(from + row, chunk.table[row * METRICS.length + column]!);
      }
    },
    merged: (): MergedChunks => ({ best, winners, heatMap: heatMap?.drawn() ?? null }),
  };
}
