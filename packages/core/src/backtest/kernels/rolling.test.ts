import fc from "fast-check";
import { expect, it } from "vitest";
import { momentum13612W, relativeMomentum } from "../../strategy/indicators.ts";
import { momenta, movingAverages, rollingSums } from "./rolling.ts";

const prices = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { maxLength: 60 });

it("moving averages and sums are those of each window by itself", () => {
  fc.assert(
    fc.property(prices, fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }), (values, windows) => {
      const closes = Float64Array.from(values);
      const averages = movingAverages(closes, windows);
      for (const [index, window] of windows.entries()) {
        const expected = values.map((_, row) =>
          row + 1 < window ? Number.NaN : values.slice(row + 1 - window, row + 1).reduce((a, b) => a + b) / window,
        );
        expect([...averages[index]!]).toEqual(expected.map((value) => closeTo(value)));
        expect([...rollingSums(closes, window)]).toEqual(expected.map((value) => closeTo(value * window)));
      }
    }),
  );
});

it("momenta in one pass are those of each month-end by itself", () => {
  fc.assert(
    fc.property(prices, (values) => {
      const { weighted13612, relative } = momenta(Float64Array.from(values));
      const each = (indicator: (closes: number[]) => number) =>
        values.map((_, month) => (month < 12 ? Number.NaN : closeTo(indicator(values.slice(month - 12, month + 1)))));
      expect([...relative]).toEqual(each(relativeMomentum));
      expect([...weighted13612]).toEqual(each(momentum13612W));
    }),
  );
});

/** Equal to nine digits. */
function closeTo(value: number): unknown {
  return Number.isNaN(value) ? value : expect.closeTo(value, 9 - Math.ceil(Math.log10(Math.abs(value) + 1)));
}
