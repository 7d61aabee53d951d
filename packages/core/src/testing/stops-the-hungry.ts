import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { executeStrategy, submitSweep } from "../operations/index.ts";
import { startReceiver } from "./receiver.ts";
import { type Service, startService } from "./service.ts";

const strategiesDir = fileURLToPath(new URL("strategies", import.meta.url));

/** Tests that executions and sweeps that allocate in these ways are stopped at the memory limit. */
export function stopsTheHungry(executions: readonly string[], sweeps: readonly string[]): void {
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

  it.each(executions)(
    "are stopped when they allocate without end (%s), while others complete",
    async (what) => {
      await using receiver = await startReceiver();
      const [hungry, beside] = await Promise.all([
        submit("Hungry", { parameters: { what }, callback_url: `${receiver.url}/hungry` }),
        submit("Unhurried", { parameters: { end_date: "2008-12-31" }, callback_url: `${receiver.url}/beside` }),
      ]);
      await receiver.arrived(2);
      const bodies = new Map(receiver.received.map(({ body }) => [body.execution_id, body]));
      expect(bodies.get(hungry)).toMatchObject({
        status: "failed",
        error_message: "Memory limit of 200 MB exceeded",
      });
      expect(bodies.get(beside)).toMatchObject({ status: "completed" });
    },
    30_000,
  );

  it.each(sweeps)(
    "are stopped when they are a sweep too (%s)",
    async (what) => {
      await using receiver = await startReceiver();
      await submitSweep.call(service.ctx, {
        strategy_name: "Hungry",
        parameters: { what },
        grid: { axes: { initial_capital: [1_000, 2_000] } },
        callback_url: receiver.url,
      });
      await receiver.arrived(1);
      expect(receiver.received[0]?.body).toMatchObject({
        status: "failed",
        error_message: "Memory limit of 200 MB exceeded",
      });
    },
    30_000,
  );

  async function submit(strategy_name: string, rest: object): Promise<number> {
    return (await executeStrategy.call(service.ctx, { strategy_name, ...rest })).execution_id;
  }
}
