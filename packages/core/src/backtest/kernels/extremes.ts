/**
 * Disjoint sparse table: highest, lowest and deepest fall over any range of values in constant time. Each level halves the
 * blocks of the one above and stores, per row, the extremes between the row and the middle of its block. The highest bit in
 * which two rows differ is the level on which they lie on opposite sides of a middle.
 */
export interface Extremes {
  /** Number of cells per level. */
  readonly stride: number;
  /** Three cells per level and row: highest, lowest, and the least ratio of a value to an earlier or equal one. */
  readonly cells: Float64Array;
}

/** Builds the table in n log2 n steps with 24 bytes each. */
export function extremesOf(values: Float64Array): Extremes {
  const levels = Math.max(1, 32 - Math.clz32(Math.max(0, values.length - 1)));
  const stride = values.length * 3;
  const cells = new Float64Array(levels * stride);
  for (let level = 0; level < levels; level += 1) {
    const half = 2 ** level;
    for (let middle = half; middle - half < values.length; middle += 2 * half) {
      let [high, low, fall] = [-Infinity, Infinity, 1];
      for (let row = Math.min(middle, values.length) - 1; row >= middle - half; row -= 1) {
        const value = values[row]!;
        fall = Math.min(fall, low / value);
        low = Math.min(low, value);
        high = Math.max(high, value);
        write(level * stride + row * 3, high, low, fall);
      }
      [high, low, fall] = [-Infinity, Infinity, 1];
      for (let row = middle; row < Math.min(middle + half, values.length); row += 1) {
        const value = values[row]!;
        high = Math.max(high, value);
        low = Math.min(low, value);
        fall = Math.min(fall, value / high);
        write(level * stride + row * 3, high, low, fall);
      }
    }
  }
  return { stride, cells };

  function write(at: number, high: number, low: number, fall: number): void {
    cells[at] = high;
    cells[at + 1] = low;
    cells[at + 2] = fall;
  }
}
