import { z } from "zod";

/**
 * The columns of a table of metrics, in order. Definitions are those of a result; `calmar` is `cagr / -max_drawdown`. NaN
 * stands for null, and fills the row of a combination without a result.
 */
export const METRICS = [
  "return",
  "cagr",
  "volatility",
  "sharpe",
  "max_drawdown",
  "calmar",
  "trades",
  "exposure",
  "final_value",
] as const;
export type Metric = (typeof METRICS)[number];

/** Metrics that a sweep may maximize. Drawdowns are negative, so more is better for each. */
export const Objective = z.enum(["sharpe", "cagr", "return", "max_drawdown", "calmar"]);
export type Objective = z.output<typeof Objective>;

/** A combination and its metrics; null where there is no such number. */
export interface RankedCombination {
  readonly index: number;
  readonly metrics: Readonly<Record<Metric, number | null>>;
}

/** A row of a table (row-major, `METRICS.length` numbers each) by name. */
export function metricsAt(table: Float64Array, row: number): RankedCombination["metrics"] {
  const entries = METRICS.map((metric, column) => {
    const value = table[row * METRICS.length + column]!;
    return [metric, Number.isFinite(value) ? value : null] as const;
  });
  return Object.fromEntries(entries) as Record<Metric, number | null>;
}

/**
 * Ranks the best combinations of a table, best first; ties keep their order. Combinations without the objective are left out.
 * `from` is the index of the table's first combination. To rank several tables, pass the best of each to `mergeBest`.
 */
export function bestOf(table: Float64Array, objective: Objective, count: number, from = 0): RankedCombination[] {
  const column = METRICS.indexOf(objective);
  const rows = table.length / METRICS.length;
  const scoreOf = (row: number): number => table[row * METRICS.length + column]!;
  const best: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const score = scoreOf(row);
    if (!Number.isFinite(score)) continue;
    if (best.length === count && !(score > scoreOf(best.at(-1)!))) continue;
    let place = best.length;
    while (place > 0 && score > scoreOf(best[place - 1]!)) place -= 1;
    best.splice(place, 0, row);
    if (best.length > count) best.pop();
  }
  return best.map((row) => ({ index: from + row, metrics: metricsAt(table, row) }));
}

/** Merges ranked combinations, best first; ties go by index. */
export function mergeBest(
  ranked: readonly RankedCombination[],
  objective: Objective,
  count: number,
): RankedCombination[] {
  const scoreOf = ({ metrics }: RankedCombination): number => metrics[objective] ?? -Infinity;
  return ranked.toSorted((a, b) => scoreOf(b) - scoreOf(a) || a.index - b.index).slice(0, count);
}
