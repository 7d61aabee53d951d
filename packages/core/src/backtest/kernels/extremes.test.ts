import fc from "fast-check";
import { expect, it } from "vitest";
import { extremesOf } from "./extremes.ts";
import { exactPrefixSums, sumBetween } from "./prefix-sums.ts";

it("finds highest, lowest and deepest fall of every range", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 40 }), (values) => {
      const { cells, stride } = extremesOf(Float64Array.from(values));
      for (let from = 0; from < values.length; from += 1) {
        for (let to = from + 1; to < values.length; to += 1) {
          const level = 31 - Math.clz32(from ^ to);
          const [a, b] = [from, to].map((row) =>
            cells.subarray(level * stride + row * 3, level * stride + row * 3 + 3),
          );
          const run = values.slice(from, to + 1);
          const falls = run.flatMap((value, index) => run.slice(0, index + 1).map((before) => value / before));
          const found = [Math.max(a![0]!, b![0]!), Math.min(a![1]!, b![1]!), Math.min(a![2]!, b![2]!, b![1]! / a![0]!)];
          if (found.join() !== [Math.max(...run), Math.min(...run), Math.min(...falls)].join()) {
            expect.fail(`rows ${from} to ${to} of ${values.join()}: ${found.join()}`);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});

it("sums small values after large ones to the last digits", () => {
  const sums = exactPrefixSums([1e16, 1e-3, 1e-3, 1e-3, -1e16, 0.1]);
  expect(sumBetween(sums, 1, 4)).toBeCloseTo(3e-3, 17);
  expect(sumBetween(sums, 0, 6)).toBeCloseTo(0.103, 15);
});
