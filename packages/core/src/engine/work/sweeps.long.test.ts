import type { ConnectOptions } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { getSweep, submitSweep, sweepTableCsv } from "../../index.ts";
import { watchExecution } from "../../operations/executions/watch-execution.ts";
import { movingAverageCrossover } from "../../strategies/index.ts";
import { evaluateChunk, Grid, METRICS } from "../../sweep/index.ts";
import { hasReferenceData, marketOf, spyPrices } from "../../testing/prices.ts";
import { startService } from "../../testing/service.ts";

describe("a sweep over stored prices", () => {
  it.runIf(hasReferenceData)("keeps, chunk by chunk, the numbers that the whole evaluated in one go has", async () => {
    await using test = await createTestDatabase();
    const market = marketOf(spyPrices());
    await using service = await startService(test.options, { market });
    const axes = { short_window: { from: 5, to: 100 }, long_window: { from: 10, to: 300 } };
    const parameters = { use_real_data: true };
    const submission = { strategy_name: "MovingAverageCrossover", parameters, grid: { axes } };
    const { execution_id } = await submitSweep.call(service.ctx, submission);
    for await (const _update of watchExecution(service.ctx, { execution_id, after: 0 }, new AbortController().signal));
    const sweep = await getSweep.call(service.ctx, { execution_id });
    const rows = 96 * 291;
    expect(sweep).toMatchObject({ status: "completed", combinations: rows, failed: 0 });
    // Combinations whose short window, up to 100, is not below the long one of 10, 11 ... 100.
    const invalid = (91 * 92) / 2;
    expect(sweep).toMatchObject({ invalid, evaluated: rows - invalid });
    const text = (await Array.fromAsync(await sweepTableCsv(service.ctx, { execution_id }))).join("");
    const kept = text.trim().split("\n").slice(1);
    expect(kept).toHaveLength(sweep.evaluated);
    // Around the ends of two chunks, and the last combinations.
    for (const [from, to] of [
      [1_900, 4_200],
      [rows - 50, rows],
    ] as const) {
      const grid = Grid.parse({ axes });
      const part = await evaluateChunk({ strategy: movingAverageCrossover, parameters, grid, from, to, market });
      const lines = kept.filter((line) => Number(line.split(",")[0]) >= from && Number(line.split(",")[0]) < to);
      const expected = lines.map((line) => {
        const row = Number(line.split(",")[0]) - from;
        const metrics = part.table.subarray(row * METRICS.length, (row + 1) * METRICS.length);
        return [...metrics].map((metric) => (Number.isFinite(metric) ? String(metric) : "")).join(",");
      });
      expect(lines.map((line) => line.split(",").slice(3).join(","))).toEqual(expected);
    }
    expect(sweep.result!.sweep!.best[0]!.metrics.sharpe).toBe(
      Math.max(...kept.map((line) => Number(line.split(",")[6]))),
    );
  });
});

describe("two workers", () => {
  it("share one sweep, with the same bytes as one worker", async () => {
    await using test = await createTestDatabase("postgres");
    const alone = await run(test.options, 1);
    const shared = await run(test.options, 2);
    expect(shared.steps.every((done) => done > 0)).toBe(true);
    expect(shared.steps.reduce((sum, done) => sum + done)).toBe(11);
    expect(shared.outcome).toBe(alone.outcome);
    expect(shared.table).toBe(alone.table);
  });

  /** Runs a sweep of ten chunks on this many workers. Returns its table and how many steps each worker did. */
  async function run(options: ConnectOptions, workers: number) {
    await using stack = new AsyncDisposableStack();
    const steps = Array.from({ length: workers }, () => 0);
    const { ctx } = stack.use(await startService(options, { works: false }));
    for (const worker of steps.keys()) {
      const debug = (_fields: object, message: string) => {
        if (message === "step of a sweep started") steps[worker]! += 1;
      };
      const log = { debug, info() {}, warn() {}, error() {} };
      stack.use(await startService(options, { threads: 1, log }));
    }
    const { execution_id } = await submitSweep.call(ctx, {
      strategy_name: "BoldAssetAllocation",
      grid: { axes: { variant: ["BAA-G12", "BAA-G4"], seed: { from: 1, to: 160 } } },
    });
    for await (const _update of watchExecution(ctx, { execution_id, after: 0 }, new AbortController().signal));
    const { result } = await getSweep.call(ctx, { execution_id });
    const table = (await Array.fromAsync(await sweepTableCsv(ctx, { execution_id }))).join("");
    return { steps, outcome: JSON.stringify(result), table };
  }
});
