import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarMonths, toDay } from "../market/calendar.ts";
import {
  cagr,
  drawdowns,
  fallFigures,
  calmar,
  maxDrawdown,
  monthEndEquity,
  monthlyReturns,
  returnsOf,
  sharpe,
  sortino,
  turnover,
  volatility,
  wholeYearReturns,
} from "./performance.ts";

const numbers = (...values: number[]) => Float64Array.from(values);

describe("figures of returns", () => {
  it("come from one value to the next", () => {
    expect([...returnsOf(numbers(100, 110, 99))]).toEqual([expect.closeTo(0.1, 15), expect.closeTo(-0.1, 15)]);
    expect(returnsOf(numbers(100))).toHaveLength(0);
    expect(returnsOf(numbers())).toHaveLength(0);
  });

  it("annualise the sample deviation", () => {
    // Mean 0.02; deviations -0.01, 0.01, 0 and so a sample variance of 0.0001.
    expect(volatility(numbers(0.01, 0.03, 0.02), 252)).toBeCloseTo(0.01 * Math.sqrt(252), 14);
    expect(sharpe(numbers(0.01, 0.03, 0.02), 12)).toBeCloseTo(2 * Math.sqrt(12), 12);
  });

  it("take only losses into Sortino's deviation, over all returns", () => {
    // Mean 0.01; losses squared 0.0004, over four returns 0.0001.
    expect(sortino(numbers(0.03, -0.02, 0.01, 0.02), 252)).toBeCloseTo(1 * Math.sqrt(252), 12);
  });

  it("do not exist for too few returns or without variation", () => {
    expect([volatility(numbers(), 252), volatility(numbers(0.1), 252)]).toEqual([null, null]);
    expect([sharpe(numbers(), 252), sharpe(numbers(0.1), 252), sharpe(numbers(0, 0), 252)]).toEqual([null, null, null]);
    expect([sortino(numbers(), 252), sortino(numbers(0.1, 0.2), 252)]).toEqual([null, null]);
    // Growth by the same factor, which rounding makes look varied.
    expect(sharpe(returnsOf(numbers(1, 1.1, 1.1 ** 2, 1.1 ** 3, 1.1 ** 4)), 252)).toBeNull();
  });
});

describe("figures of the whole period", () => {
  it("grow by year of 365.25 days", () => {
    expect(cagr(100, 121, 730.5)).toBeCloseTo(0.1, 14);
    expect(cagr(100, 50, 365.25)).toBeCloseTo(-0.5, 14);
    expect(cagr(100, 110, 0)).toBeNull();
    expect(cagr(100, 99, 0)).toBeNull();
  });

  it("measure the fall from the highest so far", () => {
    const equity = numbers(100, 120, 90, 130, 117);
    expect([...drawdowns(equity)]).toEqual([0, 0, -0.25, 0, expect.closeTo(-0.1, 14)]);
    expect(maxDrawdown(equity)).toBe(-0.25);
    expect(maxDrawdown(numbers(100, 110))).toBe(0);
  });

  it("compares growth with the deepest drawdown, where there is one beyond rounding", () => {
    expect(calmar(0.1, -0.25)).toBe(0.4);
    expect([calmar(0.1, 0), calmar(0.1, -1.2e-16), calmar(null, -0.25), calmar(0.1, null)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("count half of what is traded, per average equity and year", () => {
    expect(turnover(400, numbers(90, 110), 730.5)).toBeCloseTo(1, 14);
    expect(turnover(400, numbers(100), 0)).toBeNull();
  });
});

describe("calendar figures", () => {
  // The account begins on the second day and ends on the day before the last.
  const iso = [
    "2021-12-30",
    "2021-12-31",
    "2022-01-03",
    "2022-01-31",
    "2022-02-28",
    "2022-12-30",
    "2023-01-02",
    "2023-01-03",
  ];
  const months = calendarMonths(Int32Array.from(iso, toDay));
  const equity = numbers(100, 104, 110, 99, 120, 126);

  it("sample month-ends, the first day included, and leave out a month that goes on", () => {
    expect([...monthEndEquity(months, equity, 1)]).toEqual([100, 110, 99, 120]);
    expect([...monthEndEquity(months, equity.subarray(0, 2), 1)]).toEqual([100]);
    // Beginning within a month: the first value is none of a month-end.
    expect([...monthEndEquity(months, equity.subarray(1), 2)]).toEqual([104, 110, 99, 120]);
  });

  it("make a table of months in which parts of months count too", () => {
    const none = Array.from({ length: 12 }, () => null);
    expect(monthlyReturns(months, equity, 1, equity[0]!)).toEqual([
      { year: 2021, months: none, total: null },
      {
        year: 2022,
        months: [expect.closeTo(0.1, 14), expect.closeTo(-0.1, 14), ...none.slice(3), expect.closeTo(21 / 99, 14)],
        total: expect.closeTo(0.2, 14),
      },
      { year: 2023, months: [expect.closeTo(0.05, 14), ...none.slice(1)], total: expect.closeTo(0.05, 14) },
    ]);
  });

  it("take a year as whole only with all of its days", () => {
    expect(wholeYearReturns(months, equity, 1, equity[0]!)).toEqual([{ year: 2022, return: expect.closeTo(0.2, 14) }]);
    // From the first trading day of the year on: from that day's equity.
    expect(wholeYearReturns(months, equity.subarray(1), 2, equity[1]!)).toEqual([
      { year: 2022, return: expect.closeTo(16 / 104, 14) },
    ]);
    expect(wholeYearReturns(months, equity.subarray(2), 3, equity[2]!)).toEqual([]);
    expect(wholeYearReturns(months, equity.subarray(0, 4), 1, equity[0]!)).toEqual([]);
  });

  it("count the cost of the first purchase in the first month and year that the account has", () => {
    const [table2021, table2022] = monthlyReturns(months, equity, 1, 125);
    expect(table2021?.total).toBeNull();
    expect(table2022?.months[0]).toBeCloseTo(110 / 125 - 1, 14);
    expect(table2022?.months[1]).toBeCloseTo(-0.1, 14);
    expect(table2022?.total).toBeCloseTo(120 / 125 - 1, 14);
    expect(wholeYearReturns(months, equity, 1, 125)).toEqual([
      { year: 2022, return: expect.closeTo(120 / 125 - 1, 14) },
    ]);
  });

  it("do not take a year as whole that the stored days do not reach to its end", () => {
    const unfinished = calendarMonths(Int32Array.from(["2021-12-31", "2022-01-03", "2022-12-29"], toDay));
    expect(wholeYearReturns(unfinished, numbers(100, 101, 102), 0, 100)).toEqual([]);
    const finished = calendarMonths(Int32Array.from(["2021-12-31", "2022-01-03", "2022-12-30"], toDay));
    expect(wholeYearReturns(finished, numbers(100, 101, 102), 0, 100)).toEqual([
      { year: 2022, return: expect.closeTo(0.02, 14) },
    ]);
  });
});

describe("falls", () => {
  const days = Int32Array.of(0, 1, 4, 5, 6, 11, 12);

  it("are what one computes by hand", () => {
    const values = Float64Array.of(10, 8, 9, 10, 12, 11, 6);
    const { deepest, ulcerIndex, longestDays } = fallFigures(values, days);
    expect(deepest).toBe(-0.5);
    expect(ulcerIndex).toBeCloseTo(Math.sqrt((0.2 ** 2 + 0.1 ** 2 + (1 / 12) ** 2 + 0.5 ** 2) / 7), 15);
    // From day 0 to day 5, and from day 6 to the last.
    expect(longestDays).toBe(6);
    expect(fallFigures(values.subarray(0, 5), days).longestDays).toBe(5);
  });

  it("are 0 without a fall", () => {
    const rising = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
    expect(fallFigures(rising, days)).toEqual({ deepest: 0, ulcerIndex: 0, longestDays: 0 });
    expect(fallFigures(Float64Array.of(3, 3, 3), days).longestDays).toBe(0);
  });

  it("are those of the drawdowns, bit for bit", () => {
    // Few different values, so that peaks are reached again.
    const value = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (list) => {
        const values = Float64Array.from(list);
        const depths = [...drawdowns(values)];
        let [peak, longest] = [0, 0];
        list.forEach((one, index) => {
          const isBelow = one < list[peak]! * (1 - 1e-12);
          if (isBelow || peak < index - 1) longest = Math.max(longest, index - peak);
          if (!isBelow) peak = index;
        });
        const { deepest, ulcerIndex, longestDays } = fallFigures(values, Int32Array.from(list.keys()));
        expect(deepest).toBe(Math.min(...depths));
        expect(deepest).toBe(maxDrawdown(values));
        expect(ulcerIndex).toBe(Math.sqrt(depths.reduce((sum, depth) => sum + depth * depth, 0) / depths.length));
        expect(longestDays).toBe(longest);
      }),
    );
  });
});
