import { fileURLToPath } from "node:url";
import { anybody, listExecutions } from "@strategy-executor/db";
import { countExecutions, createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { watchExecutions } from "../../operations/executions/watch-executions.ts";
import type { Ctx } from "../../operations/operation.ts";
import { executeStrategy, getExecution, submitSweep } from "../../operations/index.ts";
import { startService } from "../../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
const crossover = { strategy_name: "MovingAverageCrossover" };
const shortWhile = { end_date: "2004-06-30" };

describeDatabases("a submission", (create) => {
  it("under a used key returns the first execution and creates no second one", async () => {
    await using test = await create();
    await using service = await startService(test.options, { works: false });
    const submission = { ...crossover, parameters: { short_window: 5, long_window: 9 }, idempotency_key: "k-1" };
    const first = await submit(service.ctx, submission);
    expect(await submit(service.ctx, submission)).toBe(first);
    const reordered = { idempotency_key: "k-1", parameters: { long_window: 9, short_window: 5 }, ...crossover };
    expect(await submit(service.ctx, reordered)).toBe(first);
    await expect(submit(service.ctx, { ...submission, parameters: {} })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ path: "idempotency_key" }],
    });
    // Keys are separate for each client.
    expect(await submit(as(service.ctx, "other"), { ...submission, parameters: {} })).not.toBe(first);
    expect((await listExecutions(service.database.db, { owner: anybody, limit: 10 })).items).toHaveLength(2);
  });

  it("sent many times at once under one key creates one execution", async () => {
    await using test = await create();
    await using service = await startService(test.options, { works: false });
    const submission = { ...crossover, idempotency_key: "once" };
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(service.ctx, submission)));
    expect(new Set(ids).size).toBe(1);
    expect((await listExecutions(service.database.db, { owner: anybody, limit: 10 })).items).toHaveLength(1);
  });

  it("does not wait for another client's backlog, and an urgent one goes first", async () => {
    await using test = await create();
    await using accepting = await startService(test.options, { works: false });
    const many: number[] = [];
    for (let count = 0; count < 40; count += 1) many.push(await submit(as(accepting.ctx, "many"), crossover));
    const late = await submit(as(accepting.ctx, "one"), crossover);
    const unimportant = await submit(as(accepting.ctx, "third"), { ...crossover, priority: "low" });
    const urgent = await submit(as(accepting.ctx, "many"), { ...crossover, priority: "high" });
    await accepting[Symbol.asyncDispose]();

    await using working = await startService(test.options, { threads: 1 });
    const all = [...many, late, unimportant, urgent];
    const started: number[] = [];
    for (const id of all) started.push(await startOf(working.ctx, id));
    const order = all.toSorted((a, b) => started[all.indexOf(a)]! - started[all.indexOf(b)]!);
    // Some are fetched together.
    expect(order.indexOf(urgent)).toBeLessThan(8);
    expect(order.indexOf(late)).toBeLessThan(8);
    expect(order.indexOf(unimportant)).toBeGreaterThan(order.length - 8);
  });

  it("is refused while the backlog is full, and accepted once it has drained", async () => {
    await using test = await create();
    await using accepting = await startService(test.options, { works: false, maxBacklog: 5 });
    const ids: number[] = [];
    const fill = async () => {
      for (;;) ids.push(await submit(accepting.ctx, crossover));
    };
    await expect(fill()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("wait already"),
    });
    expect(ids.length).toBeLessThanOrEqual(6);
    await accepting[Symbol.asyncDispose]();
    await using working = await startService(test.options, { maxBacklog: 5 });
    for (const id of ids) await startOf(working.ctx, id);
    await expect.poll(() => submit(working.ctx, crossover).then(() => true), { timeout: 10_000 }).toBe(true);
  });

  it("waits while its client or strategy is at its concurrency limit", async () => {
    await using test = await create();
    const limits = { perClient: 3, perStrategy: new Map([["Unhurried", 2]]) };
    await using service = await startService(test.options, { strategiesDir, threads: 3, limits });
    const [most, ended] = await maxAtOnce(service.ctx, 16, async () => {
      for (let count = 0; count < 8; count += 1) {
        await submit(as(service.ctx, "a"), { strategy_name: "Unhurried", parameters: { end_date: "2004-06-30" } });
        await submit(as(service.ctx, "b"), crossover);
      }
    });
    expect(ended).toBe(16);
    expect(most.get("Unhurried")).toBe(2);
    expect(most.get("MovingAverageCrossover")).toBeLessThanOrEqual(3);
  });

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

/** Follows the feed until this many have ended. Returns the highest number that ran at once, by strategy. */
async function maxAtOnce(
  ctx: Ctx,
  count: number,
  submitAll: () => Promise<void>,
): Promise<[most: Map<string, number>, ended: number]> {
  const running = new Map<string, Set<number>>();
  const most = new Map<string, number>();
  let ended = 0;
  const submitted = submitAll();
  for await (const { event } of watchExecutions(ctx, { after: "0-0-0" }, new AbortController().signal)) {
    const own = running.get(event.strategy) ?? new Set();
    running.set(event.strategy, own);
    if (event.status === "running") own.add(event.execution_id);
    else own.delete(event.execution_id);
    most.set(event.strategy, Math.max(most.get(event.strategy) ?? 0, own.size));
    if (event.status !== "running" && event.status !== "pending") ended += 1;
    if (ended === count) break;
  }
  await submitted;
  return [most, ended];
}

function as(ctx: Ctx, client: string): Ctx {
  return { ...ctx, client: { ...ctx.client, id: client } };
}

async function submit(ctx: Ctx, submission: object): Promise<number> {
  return (await executeStrategy.call(ctx, submission)).execution_id;
}

/** The start time, once the execution has ended. */
async function startOf(ctx: Ctx, id: number): Promise<number> {
  let startedAt = Number.NaN;
  await expect
    .poll(
      async () => {
        const { status, started_at } = await getExecution.call(ctx, { execution_id: id });
        startedAt = Date.parse(started_at ?? "");
        return status;
      },
      { timeout: 30_000, interval: 20 },
    )
    .toBe("completed");
  return startedAt;
}
