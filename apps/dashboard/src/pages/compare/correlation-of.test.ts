import { expect, it } from "vitest";
import { correlationOf } from "./correlation-of.ts";

const months = (...returns: readonly number[]): ReadonlyMap<string, number> =>
  new Map(returns.map((value, index) => [`2024-${String(index + 1).padStart(2, "0")}`, value]));

it("is 1 for what moves alike, -1 for what moves against each other", () => {
  const some = months(0.01, -0.02, 0.03, 0);
  expect(correlationOf(some, some)).toBeCloseTo(1, 12);
  expect(correlationOf(some, months(-0.02, 0.04, -0.06, 0))).toBeCloseTo(-1, 12);
});

it("counts the months that both have", () => {
  // By hand: the means are 2 and 3; the sums of products are 4, 2 and 14.
  expect(correlationOf(months(1, 2, 3, 100), months(2, 1, 6))).toBeCloseTo(4 / Math.sqrt(2 * 14), 12);
});

it("is unknown for fewer than three months, and without variation", () => {
  expect(correlationOf(months(1, 2), months(1, 2))).toBeNull();
  expect(correlationOf(months(1, 2, 3), months(5, 5, 5))).toBeNull();
});
