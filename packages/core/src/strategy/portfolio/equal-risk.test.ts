import fc from "fast-check";
import { expect, it } from "vitest";
import { covarianceMatrix } from "../indicators/statistics.ts";
import { equalRiskWeights, imbalance } from "./equal-risk.ts";

it("is exact where the answer is known", () => {
  expect(equalRiskWeights([[9]])).toEqual([1]);
  // Two assets: as 1 / deviation, whatever their correlation.
  const [first, second] = equalRiskWeights([
    [4, 1.2],
    [1.2, 1],
  ]);
  expect(first).toBeCloseTo(1 / 3, 14);
  expect(second).toBeCloseTo(2 / 3, 14);
  // Equal correlations: as 1 / deviation.
  const three = equalRiskWeights([
    [1, 1, 2],
    [1, 4, 4],
    [2, 4, 16],
  ]);
  [4 / 7, 2 / 7, 1 / 7].forEach((weight, index) => expect(three[index]).toBeCloseTo(weight, 14));
});

it("gives every asset the same part of the risk, to a relative 1e-12", () => {
  // Random doubles are mostly next to 0, where nothing varies.
  const dailyReturn = fc.integer({ min: -50_000, max: 50_000 }).map((millionths) => millionths / 1e6);
  const returns = fc.integer({ min: 2, max: 15 }).chain((assets) =>
    fc.array(fc.array(dailyReturn, { minLength: assets, maxLength: assets }), {
      minLength: 2 * assets,
      maxLength: 60,
    }),
  );
  fc.assert(
    fc.property(
      returns,
      fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 15, maxLength: 15 }),
      (rows, sizes) => {
        const matrix = covarianceMatrix(rows[0]!.map((_, asset) => rows.map((row) => row[asset]! * sizes[asset]!)));
        // Returns that hardly differ leave a matrix that is not positive definite.
        fc.pre(matrix.every((row, asset) => row[asset]! > 1e-8));
        let weights: number[];
        try {
          weights = equalRiskWeights(matrix);
        } catch (error) {
          expect((error as Error).message).toBe("no weights have equal risk");
          fc.pre(false);
          return;
        }
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        expect(weights.every((weight) => weight > 0)).toBe(true);
        expect(imbalance(matrix, weights)).toBeLessThanOrEqual(1e-12);
      },
    ),
    { numRuns: 1000 },
  );
});

it("says when there is no answer", () => {
  expect(() =>
    equalRiskWeights([
      [1, 0],
      [0, 0],
    ]),
  ).toThrow("equal risk wants assets that vary");
  expect(() =>
    equalRiskWeights([
      [1, -1],
      [-1, 1],
    ]),
  ).toThrow("no weights have equal risk");
  expect(() => equalRiskWeights([])).toThrow("equal risk wants assets that vary");
});
