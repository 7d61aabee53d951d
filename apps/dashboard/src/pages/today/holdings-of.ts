import type { Outputs } from "../../api/client.ts";

export type Decided = Outputs["getToday"]["schedules"][number];
type Decision = Decided["decision"];

/** An asset with its current and previous weight. */
export interface Holding {
  readonly asset: string;
  readonly weight: number;
  /** Null if there was no decision before. */
  readonly before: number | null;
}

/** The assets held now or before, the largest first. */
export function holdingsOf({ decision, previous }: Decided): readonly Holding[] {
  const now = weightsOf(decision);
  const before = previous === null ? null : weightsOf(previous);
  return [...new Set([...Object.keys(now), ...Object.keys(before ?? {})])]
    .map((asset) => ({ asset, weight: now[asset] ?? 0, before: before === null ? null : (before[asset] ?? 0) }))
    .filter(({ weight, before: earlier }) => weight !== 0 || (earlier ?? 0) !== 0)
    .toSorted((a, b) => b.weight - a.weight);
}

function weightsOf(decision: Decision): Readonly<Record<string, number>> {
  if ("weights" in decision) return decision.weights;
  return decision.signal === "long" ? { [decision.symbol]: 1 } : {};
}
