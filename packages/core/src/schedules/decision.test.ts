import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDecisions, type Decision, decisionOf } from "./decision.ts";

const weights = (of: Record<string, number>, mode: string | null = null): Decision => ({ weights: of, mode });
const signal = (is: string, symbol = "SPY"): Decision => ({ signal: is, symbol });

describe("the decision of a result", () => {
  it("is that of its portfolio, or of its position", () => {
    const portfolio = { weights: { SPY: 1 }, mode: "offensive", canary: {}, because: "so" };
    expect(decisionOf({ portfolio })).toEqual(weights({ SPY: 1 }, "offensive"));
    expect(decisionOf({ portfolio: { weights: {} } })).toEqual(weights({}));
    expect(decisionOf({ position: { signal: "long", symbol: "SPY", state: "cash" } })).toEqual(signal("long"));
  });

  it.each([{}, { portfolio: 5 }, { portfolio: { weights: "all" } }, { position: { signal: 1 } }])(
    "is not there in %j",
    (result) => {
      expect(decisionOf(result)).toBeNull();
    },
  );
});

describe("a comparison of decisions", () => {
  it("calls the first one a change", () => {
    expect(compareDecisions(null, weights({ SPY: 0.5, TLT: 0.5 }), 1)).toEqual({ changed: true, turnover: 0.5 });
    expect(compareDecisions(null, signal("cash"), 0)).toEqual({ changed: true, turnover: 0 });
  });

  it("sees another mode or signal whatever the turnover", () => {
    const same = { SPY: 1 };
    expect(compareDecisions(weights(same, "offensive"), weights(same, "defensive"), 1)).toEqual({
      changed: true,
      turnover: 0,
    });
    expect(compareDecisions(signal("cash"), signal("long"), 1)).toEqual({ changed: true, turnover: 0.5 });
    expect(compareDecisions(signal("cash", "SPY"), signal("cash", "QQQ"), 1).changed).toBe(true);
    expect(compareDecisions(signal("long"), weights({ SPY: 1 }), 1)).toEqual({ changed: true, turnover: 0 });
  });

  it("asks for more than the least turnover", () => {
    const [before, after] = [weights({ SPY: 0.6, TLT: 0.4 }), weights({ SPY: 0.5, GLD: 0.1, TLT: 0.4 })];
    expect(compareDecisions(before, after, 0)).toMatchObject({ changed: true, turnover: expect.closeTo(0.1, 12) });
    expect(compareDecisions(before, after, 0.1).changed).toBe(false);
    expect(compareDecisions(before, after, 0.09).changed).toBe(true);
  });

  it("takes rounding for no change", () => {
    expect(compareDecisions(weights({ A: 0.1 + 0.2 }), weights({ A: 0.3 }), 0).changed).toBe(false);
  });

  const someWeights = fc.dictionary(fc.constantFrom("A", "B", "C", "D"), fc.double({ min: 0, max: 1, noNaN: true }));

  it("is the same both ways, and none with itself in any order", () => {
    fc.assert(
      fc.property(someWeights, someWeights, (one, other) => {
        const there = compareDecisions(weights(one), weights(other), 0);
        expect(compareDecisions(weights(other), weights(one), 0)).toEqual(there);
        const reordered = Object.fromEntries(Object.entries(one).toReversed());
        expect(compareDecisions(weights(one), weights(reordered), 0)).toEqual({ changed: false, turnover: 0 });
        // A weight of zero is none.
        expect(compareDecisions(weights(one), weights({ ...one, E: 0 }), 0).changed).toBe(false);
      }),
    );
  });
});
