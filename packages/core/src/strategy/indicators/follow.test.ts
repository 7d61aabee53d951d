import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averageTrueRange } from "./atr.ts";
import { bollingerBands, highestBefore, lowestBefore } from "./channels.ts";
import type { Indicator } from "./indicator.ts";
import { movingAverageConvergence } from "./macd.ts";
import { exponentialAverage, lastOf, simpleAverage } from "./moving-average.ts";
import { relativeStrengthIndex } from "./rsi.ts";
import { annualVolatility } from "./volatility.ts";

const closes = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 40, maxLength: 120 });

describe("small examples", () => {
  it("of the exponential average: seeded with the mean, then 2 / (n + 1)", () => {
    expect(valuesOf(exponentialAverage(3), [1, 2, 6, 5, 1])).toEqual([3, 4, 2.5]);
  });

  it("of RSI: means first, then Wilder's smoothing", () => {
    // Changes 1, -1, 2, -1: averages g, l are (.5, .5), (1.25, .25), (.625, .625).
    const values = valuesOf(relativeStrengthIndex(2), [10, 11, 10, 12, 11]);
    expect(values).toEqual([50, expect.closeTo(125 / 1.5, 12), 50]);
  });

  it("of RSI at its ends", () => {
    expect(valuesOf(relativeStrengthIndex(2), [1, 2, 3, 4])).toEqual([100, 100]);
    expect(valuesOf(relativeStrengthIndex(2), [4, 3, 2, 1])).toEqual([0, 0]);
    expect(valuesOf(relativeStrengthIndex(2), [7, 7, 7, 7])).toEqual([50, 50]);
    // 100 g / g would be 100.00000000000001.
    const rising = [
      2.5077081319818575, 3.0081804244492067, 18.898919352841713, 23.966131326703106, 38.778786538572284,
      58.559268139389815,
    ];
    expect(valuesOf(relativeStrengthIndex(5), rising)).toEqual([100]);
  });

  it("of MACD: the signal begins where the slow average is full", () => {
    // EMA(2): 1.5, 2.5, 4.833..; EMA(3) from the third close: 2, 4.
    const [last] = valuesOf(movingAverageConvergence(2, 3, 2), [1, 2, 3, 6]);
    const [first, second] = [2.5 - 2, 2.5 + (2 / 3) * 3.5 - 4];
    expect(last!.macd).toBeCloseTo(second, 12);
    expect(last!.signal).toBeCloseTo((first + second) / 2, 12);
    expect(last!.histogram).toBeCloseTo(last!.macd - last!.signal, 15);
  });

  it("of the average true range: gaps count", () => {
    const atr = averageTrueRange(2).start();
    atr(10, 11, 9);
    atr(14, 15, 13);
    // True ranges 15 - 10 and 14 - 8, then 8 - 8.
    expect(atr(8, 12, 8)).toBeCloseTo((5 + 6) / 2, 12);
    expect(atr(8, 8, 8)).toBeCloseTo((5.5 + 0) / 2, 12);
  });

  it("of bands, channels and volatility", () => {
    expect(bollingerBands([9, 1, 3], 2, 2)).toEqual({ middle: 2, upper: 4, lower: 0 });
    expect([highestBefore([9, 4, 5, 7], 2), lowestBefore([1, 4, 5, 3], 2)]).toEqual([5, 4]);
    expect(() => highestBefore([1, 2], 2)).toThrow("3 values wanted, 2 there");
    expect(annualVolatility([100, 110, 99])).toBeCloseTo(Math.sqrt(0.02) * Math.sqrt(252), 12);
    expect(simpleAverage([5, 1, 3], 2)).toBe(2);
  });
});

describe("followed indicators", () => {
  it("equal their definitions", () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 1, max: 12 }), (drawn, count) => {
        let ema = simpleAverage(drawn.slice(0, count), count);
        for (const close of drawn.slice(count)) ema += (2 / (count + 1)) * (close - ema);
        expect(valuesOf(exponentialAverage(count), drawn).at(-1)).toBeCloseTo(ema, 10);

        const changes = drawn.slice(1).map((close, index) => close - drawn[index]!);
        const smooth = (values: number[]) =>
          values
            .slice(count)
            .reduce((average, x) => (average * (count - 1) + x) / count, simpleAverage(values.slice(0, count), count));
        const [gain, loss] = [smooth(changes.map((x) => Math.max(x, 0))), smooth(changes.map((x) => Math.max(-x, 0)))];
        const rsi = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
        expect(valuesOf(relativeStrengthIndex(count), drawn).at(-1)).toBeCloseTo(rsi, 8);
      }),
    );
  });

  it("forget where they began: 600 closes earlier give the same double", () => {
    const wave = Array.from({ length: 2000 }, (_, day) => 100 + 10 * Math.sin(day / 7) + (day % 13));
    const last = (indicator: Indicator<unknown>, from: number) => valuesOf(indicator, wave.slice(from)).at(-1);
    expect(last(movingAverageConvergence(), 1000)).toEqual(last(movingAverageConvergence(), 0));
  });

  it("stay within their bounds", () => {
    fc.assert(
      fc.property(closes, (drawn) => {
        for (const rsi of valuesOf(relativeStrengthIndex(5), drawn)) {
          expect(rsi).toBeGreaterThanOrEqual(0);
          expect(rsi).toBeLessThanOrEqual(100);
        }
        const { lower, middle, upper } = bollingerBands(drawn);
        expect(lower).toBeLessThanOrEqual(middle);
        expect(middle).toBeLessThanOrEqual(upper);
        expect(middle).toBeCloseTo(simpleAverage(drawn, 20), 12);
        expect(highestBefore(drawn, 10)).toBe(Math.max(...lastOf(drawn, 11).slice(0, 10)));
        expect(lowestBefore(drawn, 10)).toBe(Math.min(...lastOf(drawn, 11).slice(0, 10)));
      }),
    );
  });
});

/** The values after the bars from which on there are some. */
function valuesOf<Value>({ bars, start }: Indicator<Value>, drawn: readonly number[]): Value[] {
  const next = start();
  return drawn.map((close) => next(close, Number.NaN, Number.NaN)).slice(bars - 1);
}
