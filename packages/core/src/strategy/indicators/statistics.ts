/** Arithmetic mean. NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return sum / values.length;
}

/** Sample standard deviation (ddof 1). NaN for fewer than two values. */
export function sampleDeviation(values: ArrayLike<number>): number {
  return values.length < 2 ? Number.NaN : Math.sqrt(sumOfSquares(values) / (values.length - 1));
}

/** Population standard deviation (ddof 0). NaN without values. */
export function populationDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(sumOfSquares(values) / values.length);
}

/** The return from each close to the next, as fractions: one shorter than `closes`. Oldest first, as the closes. */
export function returnsOf(closes: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, closes.length - 1));
  for (let index = 0; index < returns.length; index += 1) returns[index] = closes[index + 1]! / closes[index]! - 1;
  return returns;
}

/**
 * Pearson correlation of two lists of equal length. 0 when one of them does not vary, because the correlation is then undefined.
 * Throws a RangeError for lists of different length or of fewer than two values.
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  ensurePaired(a, b);
  const [meanA, meanB] = [mean(a), mean(b)];
  let [squaresA, squaresB, products] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [fromA, fromB] = [a[index]! - meanA, b[index]! - meanB];
    squaresA += fromA * fromA;
    squaresB += fromB * fromB;
    products += fromA * fromB;
  }
  // Deviations this small beside the mean are rounding noise of values that are all equal.
  if (squaresA <= noise(meanA, a.length) || squaresB <= noise(meanB, b.length)) return 0;
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
}

/** Pearson correlation of each list with each other; 1 with itself. The numbers and the errors are those of `correlation`. */
export function correlationMatrix(lists: readonly ArrayLike<number>[]): number[][] {
  const parts = lists.map((list) => {
    const average = mean(list);
    const deviations = new Float64Array(list.length);
    let squares = 0;
    for (let index = 0; index < deviations.length; index += 1) {
      const deviation = list[index]! - average;
      deviations[index] = deviation;
      squares += deviation * deviation;
    }
    return { deviations, squares, isConstant: squares <= noise(average, list.length) };
  });
  return symmetric(lists.length, (row, column) => {
    if (row === column) return 1;
    const [a, b] = [parts[row]!, parts[column]!];
    ensurePaired(a.deviations, b.deviations);
    if (a.isConstant || b.isConstant) return 0;
    let products = 0;
    for (let index = 0; index < a.deviations.length; index += 1)
      products += a.deviations[index]! * b.deviations[index]!;
    return Math.max(-1, Math.min(1, products / Math.sqrt(a.squares * b.squares)));
  });
}

/** Sample covariance (ddof 1) of each list with each other and itself. Throws as `correlation` does. */
export function covarianceMatrix(lists: readonly ArrayLike<number>[]): number[][] {
  const means = lists.map(mean);
  return symmetric(lists.length, (row, column) => {
    const [a, b] = [lists[row]!, lists[column]!];
    ensurePaired(a, b);
    let products = 0;
    for (let index = 0; index < a.length; index += 1)
      products += (a[index]! - means[row]!) * (b[index]! - means[column]!);
    return products / (a.length - 1);
  });
}

/** Covariances from correlations and standard deviations that may come from different windows: C_ij = corr_ij sd_i sd_j. */
export function scaledCovariance(
  correlations: readonly (readonly number[])[],
  deviations: readonly number[],
): number[][] {
  return correlations.map((row, i) => row.map((value, j) => value * deviations[i]! * deviations[j]!));
}

function symmetric(size: number, valueAt: (row: number, column: number) => number): number[][] {
  const matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (let row = 0; row < size; row += 1) {
    for (let column = row; column < size; column += 1) {
      matrix[row]![column] = matrix[column]![row] = valueAt(row, column);
    }
  }
  return matrix;
}

function sumOfSquares(values: ArrayLike<number>): number {
  const average = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += (values[index]! - average) ** 2;
  return sum;
}

function noise(average: number, count: number): number {
  return count * (1e-15 * average) ** 2;
}

function ensurePaired(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length || a.length < 2) {
    throw new RangeError(`two lists of equal length wanted, at least 2 long: ${a.length} and ${b.length} there`);
  }
}
