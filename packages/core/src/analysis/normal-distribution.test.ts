import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainNormalCdf } from "../testing/plain-analysis.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";

describe("the normal distribution", () => {
  it.each([
    [0, 0.5],
    [1, 0.841_344_746_068_542_9],
    [1.959_963_984_540_054, 0.975],
    [-3, 0.001_349_898_031_630_095],
    [-5, 2.866_515_718_791_939e-7],
    [-8, 6.220_960_574_271_785e-16],
  ])("has as much below %d as its tables say", (x, p) => {
    expect(normalCdf(x) / p).toBeCloseTo(1, 11);
  });

  it.each([
    [0.5, 0],
    [0.975, 1.959_963_984_540_054],
    [0.01, -2.326_347_874_040_841],
    [1e-10, -6.361_340_902_404_056],
  ])("reaches %d at the x of its tables", (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 11);
  });

  it("agrees with its integral", () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
        expect(Math.abs(normalCdf(x) - plainNormalCdf(x))).toBeLessThan(1e-12);
      }),
    );
  });

  it("has a quantile that leads back", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 10);
      }),
    );
  });

  it("ends at infinity", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([normalCdf(-60), normalCdf(60)]).toEqual([0, 1]);
  });
});
