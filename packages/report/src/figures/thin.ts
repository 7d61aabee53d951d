/**
 * The positions of at max `max` values that show the same curve: the first, the last and, of each stretch of equal length,
 * the lowest and the highest. So every extreme stays, the lowest and the highest of all among them. Of a stretch with missing
 * values one stays as well, and the curve stays interrupted there.
 */
export function thin(values: readonly (number | null)[], max: number): number[] {
  if (values.length <= max) return values.map((_, position) => position);
  // Two values of each stretch, and a third where one is missing: then there are fewer stretches.
  for (let stretches = Math.floor((max - 2) / 2); ; stretches = Math.max(1, Math.floor(stretches * 0.9))) {
    const kept = keptOf(values, stretches);
    if (kept.length <= max || stretches === 1) return kept;
  }
}

function keptOf(values: readonly (number | null)[], stretches: number): number[] {
  const kept = new Set([0, values.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * values.length) / stretches);
    const to = Math.floor(((stretch + 1) * values.length) / stretches);
    for (const position of extremesOf(values, from, to)) kept.add(position);
  }
  return [...kept].toSorted((a, b) => a - b);
}

function extremesOf(values: readonly (number | null)[], from: number, to: number): number[] {
  let [lowest, highest, missing] = [-1, -1, -1];
  for (let position = from; position < to; position += 1) {
    const value = values[position]!;
    if (value === null) {
      missing = position;
      continue;
    }
    if (lowest < 0 || value < values[lowest]!) lowest = position;
    if (highest < 0 || value > values[highest]!) highest = position;
  }
  return [lowest, highest, missing].filter((position) => position >= 0);
}
