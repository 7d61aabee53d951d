import { describe, expect, it } from "vitest";
import { deflatedSharpe, probabilisticSharpe, probabilityAbove } from "./sharpe-probability.ts";

/** Annualised Sharpe ratios whose daily ones have this sample deviation. */
function sharpesWith(dailyDeviation: number): Float64Array {
  const distance = (dailyDeviation / Math.SQRT2) * Math.sqrt(252);
  return Float64Array.of(1 - distance, 1 + distance);
}

describe("the deflated Sharpe ratio", () => {
  // The example of Bailey and López de Prado, 2014: a hundred trials, 1,250 days of 250 a year, an annual Sharpe of 2.5.
  const threshold = deflatedSharpe(new Float64Array(0), 100, sharpesWith(Math.sqrt(1 / 500))).sharpe_threshold!;

  it("is that of its authors' example", () => {
    expect(threshold).toBeCloseTo(0.1132, 4);
    const moments = { sharpe: 2.5 / Math.sqrt(250), count: 1250, skewness: -3, kurtosis: 10 };
    expect(probabilityAbove(threshold, moments)).toBeCloseTo(0.9004, 4);
  });

  const returns = Float64Array.of(0.01, -0.005, 0.02, 0.003, -0.01, 0.012);

  it("does not count combinations without a Sharpe ratio into the deviation", () => {
    const sharpes = Float64Array.of(Number.NaN, ...sharpesWith(0.05), Number.NaN);
    const found = deflatedSharpe(returns, 40, sharpes);
    expect(found).toMatchObject({ combinations: 40, sharpe_deviation: expect.closeTo(0.05, 12) });
    expect(found.probability).toBeLessThan(probabilisticSharpe(returns, 0)!);
  });

  it("is the probabilistic one when all combinations are alike, and none for a single one", () => {
    expect(deflatedSharpe(returns, 3, Float64Array.of(1, 1, 1))).toEqual({
      combinations: 3,
      sharpe_deviation: 0,
      sharpe_threshold: expect.closeTo(0, 15),
      probability: expect.closeTo(probabilisticSharpe(returns, 0)!, 12),
    });
    expect(deflatedSharpe(returns, 1, Float64Array.of(1))).toEqual({
      combinations: 1,
      sharpe_deviation: null,
      sharpe_threshold: null,
      probability: null,
    });
  });
});
