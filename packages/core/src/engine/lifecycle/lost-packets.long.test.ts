import { connectDatabase, isUnavailable, parkExecutions } from "@strategy-executor/db";
import { countLockSessions, createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { executeStrategy } from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { startService } from "../../testing/service.ts";

it("a frozen process does not get the lock of the concurrency limits again and again", async () => {
  const limits = { perClient: 5, perStrategy: new Map<string, number>() };
  await using test = await createTestDatabase("postgres");
  await using service = await startService(test.options, { limits });
  await using frozen = await connectDatabase(test.options);
  await using observer = await connectDatabase(test.options);
  await using receiver = await startReceiver();
  const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>();
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  const transactions = [1, 2, 3].map(() =>
    frozen.batchDb.transaction(async (tx) => {
      await parkExecutions(tx, [], limits);
      onLocked();
      await thawed;
    }),
  );
  const failures = Promise.all(transactions.map((transaction) => transaction.catch((error: unknown) => error)));
  await locked;
  // Ahead of those that start the execution.
  await expect.poll(() => countLockSessions(observer.db)).toBeGreaterThanOrEqual(3);
  const lockedAt = performance.now();
  await executeStrategy.call(service.ctx, {
    strategy_name: "MovingAverageCrossover",
    callback_url: receiver.url,
  });
  await receiver.arrived(1);
  // Three times the usual limit of an idle transaction are 15 s.
  expect(performance.now() - lockedAt).toBeLessThan(13_000);
  thaw();
  for (const failure of await failures) expect(isUnavailable(failure)).toBe(true);
});
