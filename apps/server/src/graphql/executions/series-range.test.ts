import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutSeries, openSeries } from "@strategy-executor/core/series";
import { parseSeriesRange } from "./series-range.ts";

const dates = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"];
const series = {
  dates,
  equity: [1, 2, 3, 4, 5],
  drawdown: [0, 0, 0, 0, 0],
  weights: dates.map((date) => ({ date, weights: {}, mode: null, canary: null, because: "always" })),
};

function cut(range: object) {
  const stored = openSeries(Buffer.from(JSON.stringify(series)));
  const { dates: days, equity, drawdown, weights } = cutSeries(stored, parseSeriesRange(range));
  expect(drawdown).toEqual(equity.map(() => 0));
  return { days, equity, decisions: weights.map(({ date }) => date) };
}

describe("cutSeries", () => {
  it("keeps everything by default", () => {
    expect(cut({})).toEqual({ days: dates, equity: [1, 2, 3, 4, 5], decisions: dates });
  });

  it("keeps the days of the range, both ends included", () => {
    const days = ["2024-01-03", "2024-01-04", "2024-01-05"];
    expect(cut({ from: "2024-01-03", to: "2024-01-06" })).toEqual({ days, equity: [2, 3, 4], decisions: days });
    expect(cut({ from: "2025-01-01" })).toEqual({ days: [], equity: [], decisions: [] });
  });

  it("thins days, not decisions", () => {
    expect(cut({ every: 3 })).toEqual({ days: [dates[0], dates[3], dates[4]], equity: [1, 4, 5], decisions: dates });
    expect(cut({ every: 2, from: "2024-01-03" }).equity).toEqual([2, 4, 5]);
  });

  it("always keeps the first and the last day of the range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.constantFrom(...dates), (every, from) => {
        const { days } = cut({ every, from });
        expect([days[0], days.at(-1)]).toEqual([from, dates.at(-1)]);
        const left = dates.length - dates.indexOf(from);
        expect(days).toHaveLength(Math.ceil((left - 1) / every) + 1);
      }),
    );
  });

  it.each([
    [{ every: 0 }, "every"],
    [{ from: "2024-02-30" }, "from"],
    [{ to: "yesterday" }, "to"],
  ])("refuses %o", (range, path) => {
    expect(() => cut(range)).toThrow(
      expect.objectContaining({ code: "invalid", fields: [expect.objectContaining({ path })] }),
    );
  });
});
