/** A cell of a heat map. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

type Values = readonly (readonly (number | null)[])[];

/** The highest value; the first of equal ones. */
export function bestCell(values: Values): Cell | null {
  let best: Cell | null = null;
  let highest = -Infinity;
  values.forEach((columns, row) =>
    columns.forEach((value, column) => {
      if (value === null || value <= highest) return;
      highest = value;
      best = { row, column };
    }),
  );
  return best;
}

/** The values of the up to eight neighbours of a cell. */
export function neighboursOf(values: Values, { row, column }: Cell): readonly number[] {
  return [-1, 0, 1].flatMap((down) =>
    [-1, 0, 1].flatMap((across) => {
      if (down === 0 && across === 0) return [];
      return values[row + down]?.[column + across] ?? [];
    }),
  );
}
