import fc from "fast-check";
import { expect, it } from "vitest";
import { type CrossoverAccount, crossoverPrices, runCrossover } from "./crossover.ts";
import { emptyTotals, metricsOfTotals } from "./account-totals.ts";

/** A fraction of whole numbers. */
type Exact = readonly [numerator: bigint, denominator: bigint];

it("agrees with exact fractions on small whole prices", () => {
  const cases = fc.record({
    closes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 40 }),
    short: fc.integer({ min: 1, max: 6 }),
    more: fc.integer({ min: 1, max: 8 }),
    delay: fc.constantFrom(0 as const, 1 as const),
    costBps: fc.constantFrom(0, 10, 250),
    first: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ closes, short, more, delay, costBps, first }) => {
      fc.pre(first < closes.length && short + more <= closes.length);
      const account = { first, last: closes.length - 1, capital: 1000, cost: costBps / 10_000, delay };
      const totals = emptyTotals();
      expect(runCrossover(crossoverPrices(Float64Array.from(closes)), account, short, short + more, totals)).toBe(true);
      const exact = exactly(closes, short, short + more, account, costBps);
      expect({ trades: totals.trades, invested: totals.invested }).toEqual(exact.counts);
      expect(totals.finalValue / 1000).toBeCloseTo(toNumber(exact.final), 12);
      expect(totals.deepest).toBeCloseTo(toNumber(exact.deepest), 12);
      expect(totals.sumOfReturns).toBeCloseTo(toNumber(exact.sum), 12);
      expect(totals.sumOfSquares).toBeCloseTo(toNumber(exact.squares), 12);
      const days = closes.length - first;
      const metrics = metricsOfTotals(totals, { capital: 1000, days, calendarDays: days });
      if (metrics === null || days < 3) return;
      const [returns, n] = [exact.sum, BigInt(days - 1)];
      const variance = times(minus(exact.squares, times(times(returns, returns), [1n, n])), [1n, n - 1n]);
      expect(metrics.volatility).toBeCloseTo(Math.sqrt(toNumber(variance) * 252), 9);
      if (variance[0] > 0n) {
        expect(metrics.sharpe).toBeCloseTo(
          (toNumber(returns) / (days - 1) / Math.sqrt(toNumber(variance))) * Math.sqrt(252),
          9,
        );
      }
    }),
    { numRuns: 300 },
  );
});

it("reads nothing beyond the prices when the last decision cannot be filled", () => {
  const prices = crossoverPrices(Float64Array.of(3, 2, 4));
  const totals = emptyTotals();
  const account = { first: 0, last: 2, capital: 1, cost: 0, delay: 1 } as const;
  expect(runCrossover(prices, account, 1, 2, totals)).toBe(true);
  expect(totals).toMatchObject({ finalValue: 1, trades: 0, invested: 0 });
  expect(runCrossover(prices, account, 1, 4, totals)).toBe(false);
});

/** The rules once more, day by day, without rounding. */
function exactly(closes: number[], short: number, long: number, account: CrossoverAccount, costBps: number) {
  const { first, last, delay } = account;
  const kept: Exact = [BigInt(10_000 - costBps), 10_000n];
  const price = (row: number): bigint => BigInt(closes[row]!);
  const total = (row: number, days: number): bigint => {
    let sum = 0n;
    for (let back = 0; back < days; back += 1) sum += price(row - back);
    return sum;
  };
  const isLong = (row: number): boolean => {
    return row >= long - 1 && total(row, short) * BigInt(long) > total(row, long) * BigInt(short);
  };
  let value: Exact = [1n, 1n];
  let [peak, deepest, sum, squares]: Exact[] = [
    [0n, 1n],
    [1n, 1n],
    [0n, 1n],
    [0n, 1n],
  ];
  let isHeld = false;
  let trades = 0;
  let invested = 0;
  for (let row = first; row <= last; row += 1) {
    const before = value;
    if (isHeld) value = times(value, [price(row), price(row - 1)]);
    const isWanted = row - delay >= 0 && isLong(row - delay);
    if (isWanted !== isHeld) {
      value = times(value, kept);
      trades += Number(isWanted);
    }
    isHeld = isWanted;
    invested += Number(isHeld);
    if (row > first) {
      const change = minus(times(value, [before[1], before[0]]), [1n, 1n]);
      sum = minus(sum!, times(change, [-1n, 1n]));
      squares = minus(squares!, times(times(change, change), [-1n, 1n]));
    }
    if (minus(value, peak!)[0] > 0n) peak = value;
    const ratio = times(value, [peak![1], peak![0]]);
    if (minus(ratio, deepest!)[0] < 0n) deepest = ratio;
  }
  return { final: value, deepest: deepest!, sum: sum!, squares: squares!, counts: { trades, invested } };
}

function times(a: Exact, b: Exact): Exact {
  return reduced(a[0] * b[0], a[1] * b[1]);
}

function minus(a: Exact, b: Exact): Exact {
  return reduced(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
}

function reduced(numerator: bigint, denominator: bigint): Exact {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? [0n, 1n] : [numerator / a, denominator / a];
}

function toNumber([numerator, denominator]: Exact): number {
  return Number((numerator * 10n ** 25n) / denominator) / 1e25;
}
