import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAverageAbove, momentum13612W, monthsReturn, relativeMomentum, type RunningSums } from "./indicators.ts";

/** Twelve months ago 100, six months ago 125, three months ago 160, last month 180, now 200. */
const closes = [100, 110, 110, 110, 110, 110, 125, 130, 130, 160, 170, 180, 200];

describe("momentum on month-ends", () => {
  it("is a return over months", () => {
    expect(monthsReturn(closes, 12)).toBe(1);
    expect(monthsReturn(closes, 0)).toBe(0);
  });

  it("weighs recent months most: 13612W", () => {
    expect(momentum13612W(closes)).toBeCloseTo(12 * (20 / 180) + 4 * 0.25 + 2 * 0.6 + 1, 12);
  });

  it("compares with thirteen prices, the current one included: SMA(12)", () => {
    expect(relativeMomentum(closes)).toBeCloseTo(200 / (1745 / 13) - 1, 12);
    expect(relativeMomentum([1, 2, 3], 2)).toBeCloseTo(0.5, 12);
  });

  it("says how many closes it wants", () => {
    expect(() => momentum13612W(closes.slice(1))).toThrow("13 closes wanted, 12 there");
    expect(() => relativeMomentum(closes.slice(1))).toThrow("13 closes wanted, 12 there");
  });
});

describe("isAverageAbove", () => {
  it("is false for averages that are equal, where two ways of rounding them disagree", () => {
    const constant = Array.from({ length: 2000 }, () => 0.1);
    const [short, long] = [20, 50];
    const plainAverage = (count: number) => constant.slice(0, count).reduce((sum, close) => sum + close, 0) / count;
    const isPlainAbove = plainAverage(short) > plainAverage(long);
    let disagreements = 0;
    for (let count = long; count <= constant.length; count += 1) {
      const sums = sumsOf(constant.slice(0, count));
      const isPrefixAbove = (sums(0) - sums(short)) / short > (sums(0) - sums(long)) / long;
      if (isPrefixAbove !== isPlainAbove) disagreements += 1;
      expect(isAverageAbove(sums, short, long)).toBe(false);
    }
    expect(disagreements).toBe(1882);
  });

  it("agrees with plain averages wherever these differ by more than rounding", () => {
    const windows = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 30 }));
    const prices = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(prices, windows, (all, [short, long]) => {
        const [shortAverage, longAverage] = [short, long].map((n) => all.slice(-n).reduce((sum, x) => sum + x, 0) / n);
        const isClear = Math.abs(shortAverage! - longAverage!) > 1e-9 * sumsOf(all)(0);
        fc.pre(isClear);
        expect(isAverageAbove(sumsOf(all), short, long)).toBe(shortAverage! > longAverage!);
      }),
    );
  });

  function sumsOf(all: readonly number[]): RunningSums {
    const totals = [0];
    for (const close of all) totals.push(totals.at(-1)! + close);
    return (back) => totals[all.length - back]!;
  }
});
