import type { AxisValue, OpenGrid } from "./grid.ts";

/** The objective over two parameters. */
export interface HeatMap {
  readonly x: string;
  readonly y: string;
  readonly x_values: readonly AxisValue[];
  readonly y_values: readonly AxisValue[];
  /** One row per `y_values`, one entry per `x_values`: the best score there; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** On longer axes a cell holds several neighbouring values and is named after the first. */
const maxCells = 50;

/** Draws a heat map over two of the grid's axes, score by score. */
export function drawHeatMap(grid: OpenGrid, [x, y]: readonly [string, string]) {
  const axes = [axisOf(grid, x), axisOf(grid, y)] as const;
  const scores = new Float64Array(axes[0].cells * axes[1].cells).fill(-Infinity);
  const positions = new Int32Array(grid.names.length);
  const cellOf = ({ axis, length, cells }: (typeof axes)[0]) => Math.floor((positions[axis]! * cells) / length);
  return {
    /** Ignores scores that are not finite. */
    add(index: number, score: number): void {
      if (!Number.isFinite(score)) return;
      grid.locate(index, positions);
      const cell = cellOf(axes[1]) * axes[0].cells + cellOf(axes[0]);
      if (score > scores[cell]!) scores[cell] = score;
    },
    drawn(): HeatMap {
      const [columns, rows] = axes;
      const score = (cell: number) => (scores[cell] === -Infinity ? null : scores[cell]!);
      return {
        x,
        y,
        x_values: valuesOf(grid, columns),
        y_values: valuesOf(grid, rows),
        values: Array.from({ length: rows.cells }, (_row, row) =>
          Array.from({ length: columns.cells }, (_column, column) => score(row * columns.cells + column)),
        ),
      };
    },
  };
}

interface Axis {
  readonly axis: number;
  readonly length: number;
  readonly cells: number;
}

function axisOf(grid: OpenGrid, name: string): Axis {
  const axis = grid.names.indexOf(name);
  const length = grid.lengths[axis];
  if (length === undefined) throw new RangeError(`No axis ${name}`);
  return { axis, length, cells: Math.min(length, maxCells) };
}

function valuesOf(grid: OpenGrid, { axis, length, cells }: Axis): AxisValue[] {
  return Array.from({ length: cells }, (_, cell) => grid.valueAt(axis, Math.ceil((cell * length) / cells)));
}
