import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executeStrategy, getExecution } from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";
import { stopsTheHungry } from "../../testing/stops-the-hungry.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));

describe("executions that exceed the memory limit", () => {
  stopsTheHungry(["objects"], ["typed"]);
});

describe("executions that exceed a limit", () => {
  let test: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    test = await createTestDatabase("postgres");
    service = await startService(test.options, { strategiesDir, memoryMb: 200 });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("are stopped at their own limit when it is shorter, and the receiver is notified", async () => {
    await using receiver = await startReceiver();
    await submit("Endless", { time_limit_ms: 300, callback_url: receiver.url });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({
      status: "failed",
      error_message: "Time limit of 0.3 s exceeded",
    });
  });

  it("never get more time than the service allows", async () => {
    await using strict = await startService(test.options, { strategiesDir, executionTimeoutMs: 300 });
    await service[Symbol.asyncDispose]();
    const { execution_id } = await executeStrategy.call(strict.ctx, {
      strategy_name: "Endless",
      time_limit_ms: 600_000,
    });
    await expect
      .poll(() => getExecution.call(strict.ctx, { execution_id }), { timeout: 20_000, interval: 20 })
      .toMatchObject({ status: "failed", error_message: "Time limit of 0.3 s exceeded" });
    service = await startService(test.options, { strategiesDir, memoryMb: 200 });
  });

  it.each([0, -1, 1.5, 2 ** 31])("are refused with a limit of %s", async (time_limit_ms) => {
    const submitted = executeStrategy.call(service.ctx, { strategy_name: "Endless", time_limit_ms });
    await expect(submitted).rejects.toMatchObject({ code: "invalid", fields: [{ path: "time_limit_ms" }] });
  });

  async function submit(strategy_name: string, rest: object): Promise<number> {
    return (await executeStrategy.call(service.ctx, { strategy_name, ...rest })).execution_id;
  }
});

describe("late errors of a strategy", () => {
  it("are logged and end neither their own execution nor the next", async () => {
    const warnings: object[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
    await using test = await createTestDatabase();
    await using service = await startService(test.options, { strategiesDir, threads: 1, log });
    await using receiver = await startReceiver();
    // They surface when the thread waits, for example for prices.
    for (const [strategy_name, parameters] of [
      ["Throwing", { what: "later" }],
      ["MovingAverageCrossover", { use_real_data: true }],
    ]) {
      await executeStrategy.call(service.ctx, { strategy_name, parameters, callback_url: receiver.url });
    }
    await receiver.arrived(2);
    // Callbacks may arrive in any order.
    expect(receiver.received.map(({ body }) => [body.status, body.error_message]).toSorted()).toEqual([
      ["completed", undefined],
      ["failed", "The strategy failed: Error: These tests have no stored prices"],
    ]);
    await expect
      .poll(() => warnings, { timeout: 20_000 })
      .toContainEqual({ reason: "The strategy failed: Error: too late" });
  });
});
