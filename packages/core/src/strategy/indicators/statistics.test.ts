import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correlation,
  correlationMatrix,
  covarianceMatrix,
  mean,
  populationDeviation,
  returnsOf,
  sampleDeviation,
  scaledCovariance,
} from "./statistics.ts";

const value = fc.double({ min: -1, max: 1, noNaN: true });
const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 60 });

describe("small examples", () => {
  it("are what one computes by hand", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(sampleDeviation([1, 2, 3])).toBe(1);
    expect(populationDeviation([1, 3])).toBe(1);
    expect([...returnsOf([100, 110, 99])]).toEqual([expect.closeTo(0.1, 15), expect.closeTo(-0.1, 15)]);
    expect(correlation([1, 2, 3], [1, 2, 4])).toBeCloseTo(0.9819805060619657, 15);
    expect(
      covarianceMatrix([
        [1, 2, 3],
        [1, 2, 4],
      ]),
    ).toEqual([
      [1, 1.5],
      [1.5, expect.closeTo(7 / 3, 15)],
    ]);
    expect(
      scaledCovariance(
        [
          [1, 0.5],
          [0.5, 1],
        ],
        [2, 3],
      ),
    ).toEqual([
      [4, 3],
      [3, 9],
    ]);
  });

  it("say when there is too little", () => {
    expect(mean([])).toBeNaN();
    expect(sampleDeviation([1])).toBeNaN();
    expect(returnsOf([])).toHaveLength(0);
    expect(() => correlation([1, 2], [1])).toThrow("two lists of equal length wanted, at least 2 long: 2 and 1 there");
  });
});

describe("correlation", () => {
  it("is symmetric, from -1 to 1, and does not change with scale and level", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.5, max: 2, noNaN: true }), (drawn, scale) => {
        const [a, b] = [drawn.map(([x]) => x), drawn.map(([, y]) => y)];
        const found = correlation(a, b);
        expect(Math.abs(found)).toBeLessThanOrEqual(1);
        expect(correlation(b, a)).toBeCloseTo(found, 12);
        fc.pre(sampleDeviation(a) > 1e-3 && sampleDeviation(b) > 1e-3);
        expect(
          correlation(
            a.map((x) => scale * x + 0.1),
            b,
          ),
        ).toBeCloseTo(found, 9);
        expect(
          correlation(
            a.map((x) => -x),
            b,
          ),
        ).toBeCloseTo(-found, 9);
      }),
    );
  });

  it("is 1 with itself and 0 with what does not vary", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2 }), value, (a, constant) => {
        expect(
          correlation(
            a,
            a.map(() => constant),
          ),
        ).toBe(0);
        expect(correlationMatrix([a, a])[0]![0]).toBe(1);
        fc.pre(sampleDeviation(a) > 1e-3);
        expect(correlation(a, a)).toBeCloseTo(1, 12);
      }),
    );
  });

  it("is the same of all each at once, bit for bit", () => {
    const few = fc.oneof(value, fc.constantFrom(0, 0.25));
    fc.assert(
      fc.property(fc.array(fc.tuple(few, few, few), { minLength: 2, maxLength: 40 }), (drawn) => {
        const lists = [0, 1, 2].map((index) => drawn.map((row) => row[index]!));
        const each = lists.map((a) => lists.map((b) => (a === b ? 1 : correlation(a, b))));
        expect(correlationMatrix(lists)).toEqual(each);
      }),
    );
  });

  it("times the deviations is the covariance", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 40 }), (drawn) => {
        const lists = [0, 1, 2].map((index) => drawn.map((row) => row[index]!));
        fc.pre(lists.every((list) => sampleDeviation(list) > 1e-3));
        const scaled = scaledCovariance(correlationMatrix(lists), lists.map(sampleDeviation));
        covarianceMatrix(lists).forEach((row, i) =>
          row.forEach((one, j) => expect(scaled[i]![j]).toBeCloseTo(one, 12)),
        );
      }),
    );
  });
});
