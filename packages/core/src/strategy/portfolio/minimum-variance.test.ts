import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covarianceMatrix } from "../indicators/statistics.ts";
import { minimumVarianceWeights, varianceOf } from "./minimum-variance.ts";

const returns = fc.integer({ min: 1, max: 7 }).chain((assets) =>
  fc.array(fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: assets, maxLength: assets }), {
    minLength: 2,
    maxLength: 30,
  }),
);

/** Covariances of drawn returns: positive semidefinite, and singular when there are fewer returns than assets. */
const covariances = returns.map((rows) => covarianceMatrix(rows[0]!.map((_, asset) => rows.map((row) => row[asset]!))));

describe("small examples", () => {
  it("are exact", () => {
    expect(minimumVarianceWeights([[4]])).toEqual([1]);
    // Without correlation, weights are as 1 / variance.
    expect(
      minimumVarianceWeights([
        [1, 0],
        [0, 4],
      ]),
    ).toEqual([expect.closeTo(0.8, 15), expect.closeTo(0.2, 15)]);
    // The second varies with the first and more: short without the bound.
    expect(
      minimumVarianceWeights([
        [1, 1.5],
        [1.5, 4],
      ]),
    ).toEqual([1, 0]);
    expect(
      minimumVarianceWeights([
        [1, 0.5, 0],
        [0.5, 1, 0.5],
        [0, 0.5, 1],
      ]),
    ).toEqual([0.5, 0, 0.5]);
  });

  it("know assets that cancel each other, twins, and one that does not vary", () => {
    expect(
      minimumVarianceWeights([
        [1, -1],
        [-1, 1],
      ]),
    ).toEqual([0.5, 0.5]);
    const twins = minimumVarianceWeights([
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(twins[0]! + twins[1]!).toBeCloseTo(0.5, 15);
    expect(
      minimumVarianceWeights([
        [1, 0],
        [0, 0],
      ]),
    ).toEqual([0, 1]);
    expect(
      minimumVarianceWeights([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual([1, 0]);
  });

  it("refuse what is no matrix", () => {
    expect(() => minimumVarianceWeights([])).toThrow("1 to 12 assets wanted for minimum variance, 0 there");
    expect(() => minimumVarianceWeights([[Number.NaN]])).toThrow("square matrix");
  });
});

it("no other weights vary less, and the conditions of Karush, Kuhn and Tucker hold", () => {
  fc.assert(
    fc.property(covariances, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (matrix, draws) => {
      const weights = minimumVarianceWeights(matrix);
      const scale = Math.max(...matrix.map((row, asset) => row[asset]!), Number.MIN_VALUE);
      const least = varianceOf(matrix, weights);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      matrix.forEach((row, asset) => {
        expect(weights[asset]).toBeGreaterThanOrEqual(0);
        const marginal = row.reduce((sum, value, other) => sum + value * weights[other]!, 0);
        // Held assets have the marginal variance of the whole, the others at least that. Only to the root of the rounding:
        // a smaller deviation changes the variance, by which faces are compared, by less than its last bit.
        expect((marginal - least) / scale).toBeGreaterThan(-1e-8);
        if (weights[asset]! > 1e-6) expect((marginal - least) / scale).toBeLessThan(1e-8);
      });
      const drawn = matrix.map(() => draws.next().value as number);
      const sum = drawn.reduce((total, share) => total + share, 0);
      fc.pre(sum > 0);
      const other = varianceOf(
        matrix,
        drawn.map((share) => share / sum),
      );
      expect(least).toBeLessThanOrEqual(other + 1e-12 * scale);
    }),
    { numRuns: 300 },
  );
});
