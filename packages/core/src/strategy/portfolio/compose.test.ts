import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cashSlots, modeOf } from "./breadth.ts";
import { combine, scale, scoresOf, spread } from "./compose.ts";
import { ranksBy } from "./ranks.ts";

it("parts of a portfolio add up, and nothing stays of weights of 0", () => {
  expect(combine({ SPY: 0.5, BIL: 0 }, spread(0.5, ["BIL", "SPY"]))).toEqual({ SPY: 0.75, BIL: 0.25 });
  expect(spread(0.5, [])).toEqual({});
  expect(spread(1, ["A", "A", "B", "C"])).toEqual({ A: 0.5, B: 0.25, C: 0.25 });
  expect(scale(0.5, { A: 0.5, B: 0.5 })).toEqual({ A: 0.25, B: 0.25 });
  expect(scale(0, { A: 1 })).toEqual({});
  expect(scoresOf(["A", "B"], (ticker) => ticker.charCodeAt(0))).toEqual({ A: 65, B: 66 });
});

describe("breadth", () => {
  it("fills the slots as the papers' tables say", () => {
    const slots = (breadth: number, top: number) => [0, 1, 2, 3, 4, 5].map((bad) => cashSlots(bad, breadth, top));
    expect(slots(4, 2)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(slots(4, 5)).toEqual([0, 1, 2, 3, 5, 5]);
    expect(slots(1, 1)).toEqual([0, 1, 1, 1, 1, 1]);
    expect(slots(2, 6)).toEqual([0, 3, 6, 6, 6, 6]);
  });

  it("never leaves the slots, and never shrinks", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (bad, breadth, top) => {
        const slots = cashSlots(bad, breadth, top);
        expect(slots).toBeLessThanOrEqual(top);
        expect(slots).toBeGreaterThanOrEqual(0);
        expect(cashSlots(bad + 1, breadth, top)).toBeGreaterThanOrEqual(slots);
        if (bad >= breadth) expect(slots).toBe(top);
      }),
    );
  });

  it("has a word for each state", () => {
    expect([0, 0.5, 1].map(modeOf)).toEqual(["offensive", "mixed", "defensive"]);
  });
});

it("ranks begin with the best, and equal scores keep the order of the list", () => {
  const scores: Record<string, number> = { A: 1, B: 3, C: 1 + 1e-13, D: 2 };
  expect(ranksBy(["A", "B", "C", "D"], (ticker) => scores[ticker]!)).toEqual({ B: 1, D: 2, A: 3, C: 4 });
});
