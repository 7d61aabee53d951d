import { expect, it } from "vitest";
import { toDay } from "../market/calendar.ts";
import type { Market } from "../market/price-table.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";
import { marketOf, weekdaySeries } from "../testing/prices.ts";
import { computeChunk } from "./chunk.ts";
import { mergeChunks } from "./merge-chunks.ts";
import { openGrid } from "./grid.ts";
import { sweepResult } from "./sweep-result.ts";
import { SweepSpec } from "./sweep-spec.ts";

const spec = SweepSpec.parse({
  parameters: { symbol: "X", use_real_data: true },
  grid: { axes: { short_window: { from: 2, to: 9 }, long_window: [5, 10, 20, 40] } },
  objective: "return",
  best: 3,
  walk_forward: { train: 100, test: 50 },
  heat_map: ["short_window", "long_window"],
});

it("a walk-forward does not look past the end of a window", async () => {
  const prices = wandering(500);
  const known = await reportOn(prices);
  for (const from of [180, 260, 401]) {
    const changed = await reportOn(prices.map((price, day) => (day < from ? price : 3 * price - 100 * (day % 3))));
    const before = known.walk_forward!.windows.filter(({ test }) => rowOf(test.end_date) < from);
    const trained = known.walk_forward!.windows.filter(({ train }) => rowOf(train.end_date) < from);
    expect(before.length).toBeGreaterThan(0);
    expect(changed.walk_forward!.windows.slice(0, before.length)).toEqual(before);
    // What a window chooses does not depend on what it is tested on.
    const chosen = changed.walk_forward!.windows.slice(0, trained.length);
    expect(chosen.map(({ parameters }) => parameters)).toEqual(trained.map(({ parameters }) => parameters));
    expect(changed.walk_forward!.windows).not.toEqual(known.walk_forward!.windows);
  }
});

it("compounds the returns of all tests", async () => {
  const { windows, return: all } = (await reportOn(wandering(500))).walk_forward!;
  expect(windows).toHaveLength(8);
  expect(1 + all!).toBeCloseTo(
    windows.reduce((value, window) => value * (1 + window.test_metrics!.return!), 1),
    12,
  );
});

it("does not depend on the chunks", async () => {
  const prices = wandering(300);
  expect(await reportOn(prices, 5)).toEqual(await reportOn(prices, 32));
});

it("draws the best score of each cell", async () => {
  const { best, heat_map: map } = await reportOn(wandering(300));
  expect(map).toMatchObject({ x: "short_window", y: "long_window", x_values: [2, 3, 4, 5, 6, 7, 8, 9] });
  const [x, y] = [
    map!.x_values.indexOf(best[0]!.parameters["short_window"]!),
    map!.y_values.indexOf(best[0]!.parameters["long_window"]!),
  ];
  expect(map!.values[y]![x]).toBe(best[0]!.metrics.return);
  expect(Math.max(...map!.values.flat().map((value) => value ?? -Infinity))).toBe(best[0]!.metrics.return);
  // Not shorter than the long one.
  expect(map!.values[0]![7]).toBeNull();
});

async function reportOn(prices: readonly number[], chunkSize = 7) {
  const market: Market = marketOf([weekdaySeries("X", start, prices)]);
  const { count } = openGrid(spec.grid);
  const chunks = mergeChunks(spec);
  let [evaluated, invalid] = [0, 0];
  for (let from = 0; from < count; from += chunkSize) {
    const to = Math.min(from + chunkSize, count);
    const { numbers, skipped } = await computeChunk({ strategy: movingAverageCrossover, spec, from, to, market });
    chunks.add(new Uint8Array(numbers.buffer), from, to - from);
    invalid += skipped;
    evaluated += to - from - skipped;
  }
  const counts = { combinations: count, evaluated, invalid, failed: 0, failure: null };
  return (await sweepResult(movingAverageCrossover, spec, chunks.merged(), counts, market)).result.sweep;
}

const start = "2020-01-01";
const calendar = weekdaySeries(
  "X",
  start,
  Array.from({ length: 500 }, () => 1),
).days;

function rowOf(day: string): number {
  return calendar.indexOf(toDay(day));
}

function wandering(days: number): number[] {
  return Array.from({ length: days }, (_, day) => 300 + 40 * Math.sin(day / 17) + 15 * Math.sin(day / 5) + (day % 7));
}
