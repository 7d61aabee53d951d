import type { PriceTable } from "../../market/price-table.ts";
import type { MonthScore } from "../../strategy/view.ts";

/** The closes of a table at its month-ends, and what strategies compute of them. */
export interface MonthEnds {
  /** The closes of a column at all month-ends, oldest first. */
  closes(column: number): Float64Array;
  /** The score of the `count` closes of a column up to the month-end with this index. Computed once. */
  score(column: number, month: number, count: number, score: MonthScore): number;
}

const known = new WeakMap<PriceTable, MonthEnds>();

/**
 * The month-ends of a table; `rows`: theirs in the table, ascending. Kept as long as the table: its runs have different
 * parameters, but the same closes and mostly the same scores.
 */
export function monthEndsOf(table: PriceTable, rows: readonly number[]): MonthEnds {
  const found = known.get(table) ?? createMonthEnds(table, rows);
  known.set(table, found);
  return found;
}

function createMonthEnds(table: PriceTable, rows: readonly number[]): MonthEnds {
  const columns: (Float64Array | undefined)[] = [];
  const scores = new WeakMap<MonthScore, ScoreColumns[]>();
  /** The latest requested scores. Most requests repeat the previous one. */
  let last: { readonly score: MonthScore; readonly count: number; readonly columns: ScoreColumns } | null = null;

  const closes = (column: number): Float64Array => (columns[column] ??= closesAt(rows, table.closes[column]!));

  const scoresOf = (score: MonthScore, count: number): ScoreColumns => {
    if (last !== null && last.score === score && last.count === count) return last.columns;
    let ofScore = scores.get(score);
    if (ofScore === undefined) scores.set(score, (ofScore = []));
    const found = (ofScore[count] ??= { window: new Float64Array(count), values: [] });
    last = { score, count, columns: found };
    return found;
  };

  return {
    closes,
    score(column, month, count, score) {
      const { window, values } = scoresOf(score, count);
      const ofColumn = (values[column] ??= new Float64Array(rows.length).fill(Number.NaN));
      const value = ofColumn[month]!;
      if (!Number.isNaN(value)) return value;
      // A copy of the window: the shared array would expose future closes to the strategy.
      const all = closes(column);
      for (let index = 0; index < count; index += 1) window[index] = all[month + 1 - count + index]!;
      return (ofColumn[month] = score(window));
    },
  };
}

function closesAt(rows: readonly number[], closes: Float64Array): Float64Array {
  const found = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) found[index] = closes[rows[index]!]!;
  return found;
}

interface ScoreColumns {
  readonly window: Float64Array;
  /** By column of the table, one value for each month-end; NaN until it is computed. */
  readonly values: (Float64Array | undefined)[];
}
