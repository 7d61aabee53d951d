/**
 * Highest, lowest and deepest fall of any run of values, in constant time: a disjoint sparse table. Level by level it halves
 * the rows and keeps, for each row, the extremes from there to the middle of its block, or from the middle to there. Any two
 * rows are on two sides of the middle of one level: the highest bit in which they differ names it.
 */
export interface Extremes {
  /** Numbers of one level. */
  readonly stride: number;
  /** Three numbers per level and row: highest, lowest, and the least ratio of a value to one not after it. */
  readonly cells: Float64Array;
}

/** Takes n log2 n steps and 24 bytes for each. */
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
