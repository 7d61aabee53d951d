/** Above this the faces of the simplex are too many to examine one by one: 12 assets have 4,095. */
export const maxMinimumVarianceAssets = 12;

/**
 * The weights of least variance w'Cw with every weight at least 0 and their sum 1, given the covariances C, one weight per
 * row. Exact: the optimum lies inside one face of the simplex, that is on a subset of the assets, where it solves linear
 * equations. So every face is solved and the best one taken; weights below 1e-12 are 0. Throws a RangeError for a matrix
 * that is empty, not square, not finite or of more than `maxMinimumVarianceAssets` rows.
 */
export function minimumVarianceWeights(covariances: readonly (readonly number[])[]): number[] {
  const size = covariances.length;
  ensureMatrix(covariances);
  let best: { weights: number[]; variance: number } | null = null;
  for (let face = 1; face < 2 ** size; face += 1) {
    const assets = covariances.flatMap((_, asset) => ((face >> asset) & 1 ? asset : []));
    const shares = stationaryPoint(covariances, assets);
    if (shares === null || shares.some((share) => share < 0)) continue;
    const weights = Array.from({ length: size }, () => 0);
    assets.forEach((asset, index) => (weights[asset] = shares[index]!));
    const variance = varianceOf(covariances, weights);
    if (best === null || variance < best.variance) best = { weights, variance };
  }
  return withoutDust(best!.weights);
}

/** The variance w'Cw of a portfolio. */
export function varianceOf(covariances: readonly (readonly number[])[], weights: readonly number[]): number {
  return covariances.reduce(
    (sum, row, i) => sum + weights[i]! * row.reduce((inner, value, j) => inner + value * weights[j]!, 0),
    0,
  );
}

/**
 * The point of least variance on the plane sum(w) = 1 through the given assets, weights of either sign: C w = lambda 1.
 * Null when it is not unique: then the least variance is also found with fewer assets.
 */
function stationaryPoint(covariances: readonly (readonly number[])[], assets: readonly number[]): number[] | null {
  if (assets.length === 1) return [1];
  // Scales the equations so that the rows of covariances and the row of the sum have similar magnitude.
  const scale = Math.max(...assets.map((asset) => covariances[asset]![asset]!)) || 1;
  const rows = assets.map((asset) => [...assets.map((other) => covariances[asset]![other]! / scale), 1, 0]);
  const solution = solve([...rows, [...assets.map(() => 1), 0, 1]]);
  return solution && solution.slice(0, assets.length);
}

/** Solves linear equations, the right side being the last column, by elimination with pivots. Null when they are singular. */
function solve(equations: number[][]): number[] | null {
  const size = equations.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(equations[row]![column]!) > Math.abs(equations[pivot]![column]!)) pivot = row;
    }
    const top = equations[pivot]!;
    if (Math.abs(top[column]!) < 1e-14) return null;
    equations[pivot] = equations[column]!;
    equations[column] = top;
    for (let row = column + 1; row < size; row += 1) {
      const lower = equations[row]!;
      const factor = lower[column]! / top[column]!;
      for (let index = column; index <= size; index += 1) lower[index]! -= factor * top[index]!;
    }
  }
  const solution = Array.from({ length: size }, () => 0);
  for (let row = size - 1; row >= 0; row -= 1) {
    const equation = equations[row]!;
    let rest = equation[size]!;
    for (let index = row + 1; index < size; index += 1) rest -= equation[index]! * solution[index]!;
    solution[row] = rest / equation[row]!;
  }
  return solution;
}

function withoutDust(weights: readonly number[]): number[] {
  const kept = weights.map((weight) => (weight < 1e-12 ? 0 : weight));
  const sum = kept.reduce((total, weight) => total + weight, 0);
  return kept.map((weight) => weight / sum);
}

function ensureMatrix(matrix: readonly (readonly number[])[]): void {
  const size = matrix.length;
  if (size === 0 || size > maxMinimumVarianceAssets) {
    throw new RangeError(`1 to ${maxMinimumVarianceAssets} assets wanted for minimum variance, ${size} there`);
  }
  if (!matrix.every((row) => row.length === size && row.every(Number.isFinite))) {
    throw new RangeError("covariances must be a square matrix of numbers");
  }
}
