import { fileURLToPath } from "node:url";
import { connectDatabase } from "@strategy-executor/db";
import {
  activeJobLimits,
  createTestDatabase,
  describeDatabases,
  queueLimit,
  setQueueLimit,
} from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { executeStrategy } from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { startService } from "../../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
const hourMs = 3_600_000;

it("a process that only submits leaves the limit of the workers' jobs alone", async () => {
  await using test = await createTestDatabase("postgres");
  await using database = await connectDatabase(test.options);
  const limit = () => queueLimit(database.db, "executions");
  await using _worker = await startService(test.options, { executionTimeoutMs: hourMs });
  expect(await limit()).toBe(7_260);
  await using _api = await startService(test.options, { works: false, executionTimeoutMs: 1_000 });
  await using _shorter = await startService(test.options, { executionTimeoutMs: hourMs / 2 });
  expect(await limit()).toBe(7_260);
});

it("a job that was added under a shorter limit is run under the worker's", async () => {
  await using test = await createTestDatabase("postgres");
  await using database = await connectDatabase(test.options);
  await using api = await startService(test.options, { works: false, strategiesDir, executionTimeoutMs: 1_000 });
  // As an older process would leave it.
  await setQueueLimit(database.db, "executions", 1);
  await executeStrategy.call(api.ctx, { strategy_name: "Endless" });
  await using _worker = await startService(test.options, { strategiesDir, executionTimeoutMs: hourMs });
  await expect.poll(() => activeJobLimits(database.db, "executions"), { timeout: 20_000 }).toEqual([7_260]);
});

describeDatabases("the longest time limit", (create) => {
  it("lets executions run for a whole day", async () => {
    await using test = await create();
    await using service = await startService(test.options, { executionTimeoutMs: 24 * hourMs });
    await using receiver = await startReceiver();
    await executeStrategy.call(service.ctx, { strategy_name: "MovingAverageCrossover", callback_url: receiver.url });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({ status: "completed" });
  });
});
