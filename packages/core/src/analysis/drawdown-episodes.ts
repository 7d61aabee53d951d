import { toIsoDay } from "../market/calendar.ts";

/** A fall from a peak until the peak is reached again. */
export interface DrawdownEpisode {
  readonly peak_day: string;
  readonly valley_day: string;
  /** Null while the peak has not been reached again. */
  readonly recovery_day: string | null;
  /** At the valley, as a fraction: negative. */
  readonly depth: number;
  /** Calendar days from the peak to the valley. */
  readonly days_down: number;
  /** Calendar days from the valley to the recovery. */
  readonly days_back: number | null;
}

/** A drawdown up to this is rounding noise: the account is at its peak. */
const tolerance = 1e-12;

const maxEpisodes = 10;

/** The ten deepest episodes, deepest first; of equally deep ones the earlier. `drawdown`: how far each day lies below its peak. */
export function drawdownEpisodes(days: Int32Array, drawdown: Float64Array): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  for (let position = 0; position < drawdown.length; position += 1) {
    if (!isUnderWater(drawdown[position]!)) continue;
    const peak = days[position - 1]!;
    let valley = position;
    while (position < drawdown.length && isUnderWater(drawdown[position]!)) {
      if (drawdown[position]! < drawdown[valley]!) valley = position;
      position += 1;
    }
    const bottom = days[valley]!;
    const recovery = days[position];
    episodes.push({
      peak_day: toIsoDay(peak),
      valley_day: toIsoDay(bottom),
      recovery_day: recovery === undefined ? null : toIsoDay(recovery),
      depth: drawdown[valley]!,
      days_down: bottom - peak,
      days_back: recovery === undefined ? null : recovery - bottom,
    });
  }
  // The sort is stable, so equals keep their order.
  return episodes.toSorted((a, b) => a.depth - b.depth).slice(0, maxEpisodes);
}

/** The share of days below an earlier peak. */
export function underWater(drawdown: Float64Array): number {
  return drawdown.filter(isUnderWater).length / drawdown.length;
}

function isUnderWater(drawdown: number): boolean {
  return drawdown < -tolerance;
}
