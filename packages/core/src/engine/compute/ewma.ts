/** Exponentially weighted moving average: gives the new value a weight of 1/16. */
export function ewma(average: number | null | undefined, value: number): number {
  return average === null || average === undefined ? value : average + (value - average) / 16;
}
