import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { relativeMomentum } from "../indicators.ts";
import { averageReturn, faberTrend, momentum13612U } from "./momentum.ts";

const closes = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 13, maxLength: 20 });

it("13612U is the mean of four returns", () => {
  // p0 = 120; p1 = 100, p3 = 96, p6 = 80, p12 = 60.
  const known = [60, 1, 1, 1, 1, 1, 80, 1, 1, 96, 1, 100, 120];
  expect(momentum13612U(known)).toBeCloseTo((0.2 + 0.25 + 0.5 + 1) / 4, 15);
  expect(averageReturn(known, [1, 3, 6])).toBeCloseTo((0.2 + 0.25 + 0.5) / 3, 15);
  expect(() => momentum13612U(known.slice(1))).toThrow("13 closes wanted, 12 there");
});

describe("the two ratios to an average", () => {
  it("differ by one price: Faber's has ten with the current one, Keller's SMA(n) has n + 1", () => {
    const known = [100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3];
    expect(faberTrend(known)).toBeCloseTo(3 / 1.2 - 1, 15);
    expect(relativeMomentum(known, 10)).toBeCloseTo(3 / (112 / 11) - 1, 15);
    expect(() => faberTrend([1, 2], 3)).toThrow("3 closes wanted, 2 there");
  });

  it("agree when the numbers of prices do", () => {
    fc.assert(
      fc.property(closes, (drawn) => {
        expect(faberTrend(drawn, 13)).toBeCloseTo(relativeMomentum(drawn, 12), 10);
      }),
    );
  });
});

it("momenta do not depend on the price level", () => {
  fc.assert(
    fc.property(closes, fc.double({ min: 0.1, max: 10, noNaN: true }), (drawn, factor) => {
      const scaled = drawn.map((close) => close * factor);
      for (const momentum of [momentum13612U, faberTrend]) {
        const [one, other] = [momentum(drawn), momentum(scaled)];
        expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(one)));
      }
    }),
  );
});
