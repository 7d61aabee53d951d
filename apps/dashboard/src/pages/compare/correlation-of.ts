/** Pearson's correlation over the months that both have; null if it is undefined. */
export function correlationOf(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number | null {
  const pairs = [...a].flatMap(([month, x]) => {
    const y = b.get(month);
    return y === undefined ? [] : [[x, y] as const];
  });
  if (pairs.length < 3) return null;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx < 1e-14 || yy < 1e-14 ? null : xy / Math.sqrt(xx * yy);
}
