/** Numbers in one piece of memory. */
const blockLength = 4096;

/**
 * Copies parts of arrays for strategies, which may keep and change them. Copies are slices of larger blocks, because allocating a small
 * array takes longer than a decision. No slice is used twice.
 */
export function copier(): (values: Float64Array, from: number, to: number) => Float64Array {
  let block = new Float64Array(0);
  let used = 0;
  return (values, from, to) => {
    const length = to - from;
    if (length * 4 > blockLength || from < 0) return values.slice(from, to);
    if (used + length > block.length) {
      block = new Float64Array(blockLength);
      used = 0;
    }
    const copy = block.subarray(used, used + length);
    used += length;
    for (let index = 0; index < length; index += 1) copy[index] = values[from + index]!;
    return copy;
  };
}
