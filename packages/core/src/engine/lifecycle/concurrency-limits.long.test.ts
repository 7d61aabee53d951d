import { fileURLToPath } from "node:url";
import { countExecutions, createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { getExecution, submitSweep } from "../../operations/index.ts";
import { startService } from "../../testing/service.ts";
import { as, maxAtOnce, startOf, submit } from "../../testing/submitting.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
const crossover = { strategy_name: "MovingAverageCrossover" };
const shortWhile = { end_date: "2004-06-30" };

describeDatabases("a submission", (create) => {
  it("waits for its client and strategy as a sweep too, which counts as one execution", async () => {
    await using test = await create();
    const limits = { perClient: 1, perStrategy: new Map([["Unhurried", 1]]) };
    await using service = await startService(test.options, { strategiesDir, threads: 2, limits });
    const [most, ended] = await maxAtOnce(service.ctx, 8, async () => {
      for (const client of ["a", "b"]) {
        await submit(as(service.ctx, client), { strategy_name: "Unhurried", parameters: shortWhile });
        for (let count = 0; count < 2; count += 1) {
          const grid = { axes: { initial_capital: { from: 1_000, to: 1_070 } } };
          const sweep = { strategy_name: "Unhurried", parameters: shortWhile, grid };
          await submitSweep.call(as(service.ctx, client), sweep);
        }
      }
      for (let count = 0; count < 2; count += 1) {
        const grid = { axes: { short_window: { from: 5, to: 40 }, long_window: { from: 50, to: 90 } } };
        await submitSweep.call(as(service.ctx, "d"), { ...crossover, grid });
      }
    });
    expect(ended).toBe(8);
    expect(most).toEqual(
      new Map([
        ["Unhurried", 1],
        ["MovingAverageCrossover", 1],
      ]),
    );
  });

  it("no longer waits for a limit after a start without it", async () => {
    await using test = await create();
    const limits = { perClient: null, perStrategy: new Map([["Unhurried", 1]]) };
    const ids: number[] = [];
    {
      await using limited = await startService(test.options, { strategiesDir, threads: 2, limits, drainMs: 0 });
      const first = await submit(limited.ctx, { strategy_name: "Unhurried", parameters: { end_date: "2012-12-31" } });
      await expect
        .poll(() => getExecution.call(limited.ctx, { execution_id: first }))
        .toMatchObject({ status: "running" });
      const grid = { axes: { initial_capital: [1_000, 2_000] } };
      const sweep = { strategy_name: "Unhurried", parameters: shortWhile, grid };
      ids.push((await submitSweep.call(limited.ctx, sweep)).execution_id);
      ids.push(await submit(limited.ctx, { strategy_name: "Unhurried", parameters: shortWhile }));
      await expect.poll(() => countExecutions(limited.database.db)).toMatchObject({ parked: 2 });
    }
    await using service = await startService(test.options, { strategiesDir });
    for (const id of ids) await startOf(service.ctx, id);
  });
});

describe("concurrency limits", () => {
  it("hold on two workers of one database", async () => {
    await using test = await createTestDatabase("postgres");
    const options = {
      strategiesDir,
      limits: { perClient: null, perStrategy: new Map([["Unhurried", 1]]) },
    };
    await using one = await startService(test.options, options);
    await using other = await startService(test.options, options);
    const [most, ended] = await maxAtOnce(one.ctx, 6, async () => {
      for (let count = 0; count < 6; count += 1) {
        const ctx = count % 2 === 0 ? one.ctx : other.ctx;
        await submit(ctx, { strategy_name: "Unhurried", parameters: { end_date: "2004-03-31" } });
      }
    });
    expect(ended).toBe(6);
    expect(most.get("Unhurried")).toBe(1);
  });
});
