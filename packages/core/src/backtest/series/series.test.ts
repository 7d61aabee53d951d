import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boldAssetAllocation, movingAverageCrossover } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { noMarket } from "../../testing/prices.ts";
import { Series } from "../result.ts";
import { runStrategy, runToColumns } from "../run-strategy.ts";
import { cutSeries } from "./cut-series.ts";
import { openSeries } from "./open-series.ts";
import { packSeries } from "./pack-series.ts";
import { type SeriesColumns, toSeries } from "./series-columns.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const price = fc.oneof(
  fc.integer({ min: 1, max: 1e9 }).map((micro) => micro / 1e6),
  fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
);
const numbers = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), number, { maxKeys: 4 });
const date = fc.integer({ min: 0, max: 30_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const text = fc.string({ maxLength: 8 });

const decision = fc.record({
  date,
  weights: numbers,
  hold: fc.boolean(),
  mode: fc.option(text),
  canary: fc.option(numbers),
  scores: fc.option(numbers),
  because: text,
});
const trade = fc.oneof(
  fc.record({ ticker: text, entry: date, entry_price: price, exit: date, exit_price: price, return: number }),
  fc
    .record({ ticker: text, entry: date, entry_price: price })
    .map((open) => ({ ...open, exit: null, exit_price: null, return: null })),
);

/** Up to some 50 years of days. */
const columns = fc
  .record({
    start: fc.integer({ min: -10_000, max: 20_000 }),
    steps: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 40 }),
    repeats: fc.integer({ min: 1, max: 320 }),
    values: fc.array(number, { minLength: 1, maxLength: 20 }),
    decisions: fc.array(decision, { maxLength: 8 }),
    trades: fc.array(trade, { maxLength: 8 }),
  })
  .map(({ start, steps, repeats, values, decisions, trades }): SeriesColumns => {
    const days = [start];
    for (let round = 0; round < repeats; round += 1) for (const step of steps) days.push(days.at(-1)! + step);
    const equity = Float64Array.from(days, (_, index) => values[index % values.length]!);
    return { days: Int32Array.from(days), equity, decisions, trades };
  });

/** As JSON says it: it has no -0. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("stored series", () => {
  it("are read as they were written, however few or many", () => {
    fc.assert(
      fc.property(columns, (given) => {
        const stored = openSeries(packSeries(given));
        expect(json(stored.whole())).toEqual(json(toSeries(given)));
        expect([...stored.days]).toEqual([...given.days]);
        expect(new Uint8Array(stored.equity.buffer)).toEqual(new Uint8Array(given.equity.buffer));
      }),
      { numRuns: 60 },
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])("refuse %d", (value) => {
    const one = { days: Int32Array.of(1), equity: Float64Array.of(1), decisions: [], trades: [] };
    expect(() => packSeries({ ...one, equity: Float64Array.of(value) })).toThrow(RangeError);
    const weighted = { date: "2020-01-01", weights: { A: value }, mode: null, canary: null, because: "" };
    expect(() => packSeries({ ...one, decisions: [weighted] })).toThrow(RangeError);
    expect(() => packSeries({ ...one, days: Int32Array.of(1, 2) })).toThrow("2 days but 1 values");
  });

  it("of the older formats read alike", () => {
    const series = {
      dates: ["2024-01-02", "2024-01-03"],
      equity: [100, 90],
      drawdown: [0, 90 / 100 - 1],
      weights: [{ date: "2024-01-02", weights: { SPY: 1 }, mode: null, canary: null, because: "always" }],
    };
    const bytes = Buffer.from(JSON.stringify(series));
    for (const stored of [bytes, zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })]) {
      const { days, equity, decisions, trades, whole } = openSeries(stored);
      expect(whole()).toEqual(series);
      expect([[...days], [...equity], decisions, trades]).toEqual([[19_724, 19_725], [100, 90], series.weights, []]);
    }
  });

  it.each([
    [movingAverageCrossover as Strategy, 25_000],
    [boldAssetAllocation as Strategy, 48_000],
  ])("of 20 years are small and those of the run: %#", async (strategy, maxBytes) => {
    const { series } = await runToColumns(strategy, {}, noMarket);
    const bytes = packSeries(series);
    expect(bytes.length).toBeLessThan(maxBytes);
    const read = openSeries(bytes).whole();
    expect(read).toEqual((await runStrategy(strategy, {}, noMarket)).series);
    expect(Series.safeParse(read).error).toBeUndefined();
  });

  it("cut to a range are the whole with the rest left out", () => {
    fc.assert(
      fc.property(columns, date, date, fc.integer({ min: 1, max: 9 }), (given, from, to, every) => {
        const stored = openSeries(packSeries(given));
        const whole = stored.whole();
        const within = whole.dates.flatMap((day, row) => (day >= from && day <= to ? [row] : []));
        const kept = within.filter((_, position) => position % every === 0 || position === within.length - 1);
        const cut = cutSeries(stored, { from, to, every });
        expect(cut.dates).toEqual(kept.map((row) => whole.dates[row]));
        expect(cut.equity).toEqual(kept.map((row) => whole.equity[row]));
        expect(cut.drawdown).toEqual(kept.map((row) => whole.drawdown[row]));
        expect(cut.weights).toEqual(whole.weights.filter((one) => one.date >= from && one.date <= to));
      }),
      { numRuns: 40 },
    );
  });
});
