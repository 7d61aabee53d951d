import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thin } from "./thin.ts";

const curve = fc.array(fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true }) }, fc.constant(null)), {
  minLength: 1,
  maxLength: 3_000,
  size: "max",
});
const most = fc.integer({ min: 5, max: 1_500 });

describe("a thinned curve", () => {
  it("has at most as many points, in order, with its ends", () => {
    fc.assert(
      fc.property(curve, most, (values, limit) => {
        const kept = thin(values, limit);
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
        expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the lowest and the highest value, and that some are missing", () => {
    fc.assert(
      fc.property(curve, most, (values, limit) => {
        const shown = new Set<number | null>(thin(values, limit).map((position) => values[position]!));
        const known = values.filter((value): value is number => value !== null);
        if (known.length > 0) {
          expect(shown).toContain(Math.min(...known));
          expect(shown).toContain(Math.max(...known));
        }
        expect(shown.has(null)).toBe(values.includes(null));
      }),
      { numRuns: 60 },
    );
  });

  it("is whole when it is short enough", () => {
    expect(thin([3, 1, 2], 3)).toEqual([0, 1, 2]);
  });

  it("keeps a spike of a single day", () => {
    const values = Array.from({ length: 5_300 }, (_, index) => (index === 2_617 ? 9 : Math.sin(index / 100)));
    expect(thin(values, 1_500)).toContain(2_617);
  });
});
