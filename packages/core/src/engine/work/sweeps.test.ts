import { fileURLToPath } from "node:url";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Market } from "../../market/price-table.ts";
import { watchExecution } from "../../operations/executions/watch-execution.ts";
import { cancelExecution, getExecution, getSeries, getSweep, submitSweep } from "../../index.ts";
import { marketOf, weekdaySeries } from "../../testing/prices.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
/** Eight chunks. */
const eightChunks = {
  strategy_name: "BoldAssetAllocation",
  parameters: { start_date: "2020-01-01" },
  grid: { axes: { variant: ["BAA-G12", "BAA-G4"], cost_bps: { from: 0, to: 159 } } },
};

const oneChunk = { ...eightChunks, grid: { axes: { variant: ["BAA-G12", "BAA-G4"] } } };

describeDatabases("a sweep", (create) => {
  let test: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    test = await create();
    service = await startService(test.options, { strategiesDir });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("reports progress, and calls back with the result of its best combination", async () => {
    await using receiver = await startReceiver();
    const id = await submit(service, { ...eightChunks, callback_url: receiver.url });
    const updates = await Array.fromAsync(
      watchExecution(service.ctx, { execution_id: id, after: 0 }, new AbortController().signal),
    );
    const statuses = updates.flatMap((update) => (update.kind === "event" ? update.event.status : []));
    expect(statuses).toEqual(["pending", "running", "completed"]);
    const fractions = updates.flatMap((update) => (update.kind === "progress" ? update.progress.fraction : []));
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const answer = await getExecution.call(service.ctx, { execution_id: id });
    const { callback, label, schedule_id: schedule, retry_of: earlier, kind, accepted_at: _, ...execution } = answer;
    expect([label, schedule, earlier, kind]).toEqual([null, null, null, "sweep"]);
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toEqual(execution);
    expect(callback?.url).toBe(receiver.url);
    const { result } = execution;
    const [best] = result!.sweep!.best;
    expect(result!.sweep).toMatchObject({ combinations: 320, evaluated: 320, invalid: 0, failed: 0, failure: null });
    expect(result!.return).toBeCloseTo(best!.metrics.return!, 9);
    expect((await getSeries.call(service.ctx, { execution_id: id })).equity.at(-1)).toBe(result!.final_value);
  });

  it("fails with a reason when no combination has a result", async () => {
    const invalid = await submit(service, {
      strategy_name: "MovingAverageCrossover",
      grid: { axes: { short_window: [50, 60], long_window: [10, 20] } },
    });
    expect(await ended(service, invalid)).toMatchObject({
      status: "failed",
      invalid: 4,
      error_message: "None of the 4 combinations is valid",
    });
    const throwing = await submit(service, { strategy_name: "Throwing", grid: { axes: { what: ["text", "error"] } } });
    expect(await ended(service, throwing)).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining(
        "None of the 2 combinations has a result: Throwing failed on 2004-01-30: a text",
      ),
    });
  });

  it("is cancelled in the middle of a chunk and leaves no jobs behind", async () => {
    await using receiver = await startReceiver();
    const id = await submit(service, {
      strategy_name: "Endless",
      grid: { axes: { cost_bps: { from: 0, to: 500 } } },
      callback_url: receiver.url,
    });
    await started(service, id);
    await cancelExecution.call(service.ctx, { execution_id: id });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({
      execution_id: id,
      status: "cancelled",
      error_message: "Cancelled",
    });
    await expect.poll(() => jobsLeft(service), { timeout: 10_000 }).toBe(0);
    // The threads are free again.
    expect(await ended(service, await submit(service, oneChunk))).toMatchObject({ status: "completed" });
  });

  it("is created once under one idempotency key", async () => {
    const keyed = { ...oneChunk, idempotency_key: "once" };
    const [first, second] = await Promise.all([submit(service, keyed), submit(service, keyed)]);
    expect(second).toBe(first);
    await expect(submit(service, { ...keyed, objective: "cagr" })).rejects.toMatchObject({ code: "conflict" });
    await ended(service, first);
  });

  async function jobsLeft({ database }: Service): Promise<number> {
    type Rows = readonly { readonly left: number }[];
    const answer = (await database.db.execute(
      "select count(*)::int as left from pgboss.job where name = 'sweeps' and state < 'completed'",
    )) as unknown as Rows | { readonly rows: Rows };
    return ("rows" in answer ? answer.rows : answer)[0]!.left;
  }
});

describe("a sweep over stored prices", () => {
  it("fails when they are replaced while it runs", async () => {
    await using test = await createTestDatabase();
    let asked = 0;
    const market: Market = {
      load: (tickers) => marketOf([weekdaySeries("SPY", "2020-01-01", wave(600, (asked += 1)))]).load(tickers),
    };
    await using service = await startService(test.options, { market, threads: 1 });
    const id = await submit(service, {
      strategy_name: "MovingAverageCrossover",
      parameters: { use_real_data: true },
      grid: { axes: { short_window: { from: 5, to: 60 }, long_window: { from: 10, to: 99 } } },
    });
    expect(await ended(service, id)).toMatchObject({
      status: "failed",
      error_message: "The prices were replaced while the sweep ran: submit it again",
    });
  });
});

async function submit({ ctx }: Service, sweep: object): Promise<number> {
  return (await submitSweep.call(ctx, sweep)).execution_id;
}

async function ended({ ctx }: Service, execution_id: number) {
  for await (const _update of watchExecution(ctx, { execution_id, after: 0 }, AbortSignal.timeout(50_000)));
  return getSweep.call(ctx, { execution_id });
}

async function started({ ctx }: Service, execution_id: number): Promise<void> {
  for await (const update of watchExecution(ctx, { execution_id, after: 0 }, AbortSignal.timeout(20_000))) {
    if (update.kind === "event" && update.event.status === "running") return;
  }
}

function wave(days: number, height: number): number[] {
  return Array.from({ length: days }, (_, day) => 100 + day / 10 + height * Math.sin(day / 9));
}
