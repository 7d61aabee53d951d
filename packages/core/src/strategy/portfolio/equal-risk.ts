/** Newton's method needs a dozen steps; this many mean that the matrix has no solution. */
const maxSteps = 200;

/**
 * The long-only weights, adding up to 1, whose risk contributions w_i (S w)_i are all equal, given the covariances S (S.
 * Maillard, T. Roncalli, J. Teiletche, The Properties of Equally Weighted Risk Contribution Portfolios, 2010). They are
 * unique. Computed as the minimum of y'Ry / 2 - sum(ln y_i) / n over the correlations R (F. Spinu, An Algorithm for Computing
 * Risk Parity Weights, 2013) by Newton's method, until the contributions agree to a relative 1e-12. Throws a RangeError when
 * an asset does not vary or no such weights exist, as for assets that cancel each other.
 */
export function equalRiskWeights(covariances: readonly (readonly number[])[]): number[] {
  const size = covariances.length;
  const deviations = deviationsOf(covariances);
  const correlations = covariances.map((row, i) => row.map((value, j) => value / (deviations[i]! * deviations[j]!)));
  let y = Array.from({ length: size }, () => 1);
  for (let step = 0; step < maxSteps; step += 1) {
    if (imbalance(correlations, y) <= 1e-13) break;
    y = newtonStep(correlations, y);
  }
  const raw = y.map((value, asset) => value / deviations[asset]!);
  const sum = raw.reduce((total, value) => total + value, 0);
  const weights = raw.map((value) => value / sum);
  if (!(imbalance(covariances, weights) <= 1e-12)) throw new RangeError("no weights have equal risk");
  return weights;
}

/** Weights as the inverse of the standard deviations, given the covariances. Throws when an asset does not vary. */
export function inverseVolatilityWeights(covariances: readonly (readonly number[])[]): number[] {
  const inverses = deviationsOf(covariances).map((deviation) => 1 / deviation);
  const sum = inverses.reduce((total, inverse) => total + inverse, 0);
  return inverses.map((inverse) => inverse / sum);
}

/** How far the contributions to the risk differ from their mean, relative to it. */
export function imbalance(covariances: readonly (readonly number[])[], weights: readonly number[]): number {
  const contributions = product(covariances, weights).map((value, asset) => value * weights[asset]!);
  const average = contributions.reduce((sum, value) => sum + value, 0) / contributions.length;
  return Math.max(...contributions.map((value) => Math.abs(value / average - 1)));
}

function deviationsOf(covariances: readonly (readonly number[])[]): number[] {
  const deviations = covariances.map((row, asset) => Math.sqrt(row[asset]!));
  if (deviations.length > 0 && deviations.every((deviation) => deviation > 0 && deviation < Infinity))
    return deviations;
  throw new RangeError("equal risk wants assets that vary");
}

function newtonStep(correlations: readonly (readonly number[])[], y: readonly number[]): number[] {
  const size = y.length;
  const gradient = product(correlations, y).map((value, asset) => value - 1 / (size * y[asset]!));
  const hessian = correlations.map((row, i) =>
    row.map((value, j) => (i === j ? value + 1 / (size * y[i]! ** 2) : value)),
  );
  const direction = solveCholesky(hessian, gradient);
  // The damping of self-concordant functions: every step stays positive, and near the solution it is a full Newton step.
  const decrement = Math.sqrt(size * direction.reduce((sum, value, asset) => sum + value * gradient[asset]!, 0));
  const length = decrement < 0.25 ? 1 : 1 / (1 + decrement);
  return y.map((value, asset) => value - length * direction[asset]!);
}

/** Solves A x = b for a symmetric, positive definite A. */
function solveCholesky(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const lower = matrix.map(() => new Float64Array(size));
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = matrix[i]![j]!;
      for (let k = 0; k < j; k += 1) rest -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(rest) : rest / lower[j]![j]!;
    }
  }
  const x = [...right];
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}

function product(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0));
}
