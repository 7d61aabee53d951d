/** The nearest-rank percentile. @throws Error without values */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new Error("Nothing was measured");
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
