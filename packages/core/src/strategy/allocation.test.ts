import { expect, it } from "vitest";
import { equalWeights, replaceWeaker, topBy } from "./allocation.ts";

const scores: Record<string, number> = { A: 1, B: 3, C: 2, D: 3, E: -1 };
const score = (ticker: string) => scores[ticker]!;

it("takes the best, in the order of the list where scores are equal", () => {
  expect(topBy(["A", "B", "C", "D", "E"], 3, score)).toEqual(["B", "D", "C"]);
  expect(topBy(["D", "B"], 1, score)).toEqual(["D"]);
  expect(topBy(["A"], 6, score)).toEqual(["A"]);
});

it("replaces what is weaker, not what is equal", () => {
  expect(replaceWeaker(["B", "C", "A", "E"], "C", score)).toEqual(["B", "C", "C", "C"]);
  expect(replaceWeaker(["D"], "B", score)).toEqual(["D"]);
});

it("takes scores that differ by rounding for equal", () => {
  const noisy: Record<string, number> = { A: 0, B: 2e-16, C: -2e-16, D: 1e-9 };
  const noisyScore = (ticker: string) => noisy[ticker]!;
  expect(topBy(["A", "B", "C"], 3, noisyScore)).toEqual(["A", "B", "C"]);
  expect(topBy(["C", "A", "B", "D"], 2, noisyScore)).toEqual(["D", "C"]);
  expect(replaceWeaker(["C", "A", "B"], "B", noisyScore)).toEqual(["C", "A", "B"]);
});

it("adds up the shares of a ticker named several times", () => {
  expect(equalWeights(["BIL", "IEF", "BIL"])).toEqual({ BIL: 2 / 3, IEF: 1 / 3 });
  expect(equalWeights(["BIL", "BIL", "BIL"])).toEqual({ BIL: 1 });
  expect(equalWeights([])).toEqual({});
  expect(equalWeights(["SPY", "constructor"])).toEqual({ SPY: 0.5, constructor: 0.5 });
});
