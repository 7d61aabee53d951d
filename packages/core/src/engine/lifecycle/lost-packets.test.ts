import {
  connectDatabase,
  databaseNow,
  insertExecutions,
  isUnavailable,
  listWorkers,
  parkExecutions,
} from "@strategy-executor/db";
import { createTestDatabase, startSwallowingProxy } from "@strategy-executor/db/testing";
import { expect, it, vi } from "vitest";
import { cancelExecution, executeStrategy, getExecution } from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";

const waiting = {
  client: "local",
  strategy: "MovingAverageCrossover",
  version: "1",
  parameters: {},
  executionParameters: {},
  callbackUrl: null,
};
const timeouts = { sharedStatementMs: 3_000, answerGraceMs: 500, idleInTransactionMs: 1_000, lockMs: 2_000 };

// Nearly all of their time is waiting, each on a database of its own.
it.concurrent.each([
  ["submission", "requested as materialized"],
  ["start", "with started as"],
  ["settlement", "with outcome as"],
])(
  "a %s whose packets are lost holds up no other, and is made up for",
  async (what, statement) => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using service = await startService({ databaseUrl: proxy.url, timeouts });
    await using receiver = await startReceiver();
    // An execution begins with its acceptance unless others wait. This one waits for good, because it has no job.
    if (what === "start") await insertExecutions(service.database.db, [waiting], null);
    const swallowed = proxy.swallowNext(statement);
    const first = submit(service, `${receiver.url}/first`).catch((error: unknown) => error);
    await swallowed;
    await submit(service, `${receiver.url}/second`);
    await receiver.arrived(1);
    expect(receiver.received[0]?.path).toBe("/second");
    if (what === "submission") expect(await first).toMatchObject({ code: "unavailable" });
    else {
      await receiver.arrived(2);
      expect(receiver.received[1]).toMatchObject({ path: "/first", body: { execution_id: await first } });
    }
  },
  30_000,
);

it.concurrent("a heartbeat whose packets are lost holds up no other", async () => {
  await using test = await createTestDatabase("postgres");
  await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
  await using direct = await connectDatabase(test.options);
  const swallowed = proxy.swallowNext("update workers set seen_at");
  await using _service = await startService({ databaseUrl: proxy.url, timeouts: { sharedStatementMs: 20_000 } });
  await swallowed;
  const lostAt = await databaseNow(direct.db);
  const seen = async () => (await listWorkers(direct.db, 1))[0]!.seenAt.getTime() > lostAt;
  await vi.waitFor(async () => expect(await seen()).toBe(true), 15_000);
});

it("a process frozen under the lock of the concurrency limits stops the others for a moment only", async () => {
  const limits = { perClient: 5, perStrategy: new Map<string, number>() };
  await using test = await createTestDatabase("postgres");
  await using service = await startService({ ...test.options, timeouts }, { limits });
  await using frozen = await connectDatabase({ ...test.options, timeouts });
  await using receiver = await startReceiver();
  const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>();
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  const transaction = frozen.batchDb.transaction(async (tx) => {
    await parkExecutions(tx, [], limits);
    onLocked();
    await thawed;
  });
  const failure = transaction.catch((error: unknown) => error);
  await locked;
  await submit(service, receiver.url);
  await receiver.arrived(1);
  expect(receiver.received[0]?.body).toMatchObject({ status: "completed" });
  thaw();
  expect(isUnavailable(await failure)).toBe(true);
});

it("a process cut off under the lock of the concurrency limits stops the others for a moment only", async () => {
  const limits = { perClient: 5, perStrategy: new Map<string, number>() };
  await using test = await createTestDatabase("postgres");
  await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
  await using service = await startService({ ...test.options, timeouts }, { limits });
  await using cutOff = await connectDatabase({ databaseUrl: proxy.url, timeouts });
  await using receiver = await startReceiver();
  // The server waits for the parameters of this statement.
  const swallowed = proxy.swallowAnswer("set parked = true");
  const failure = cutOff.batchDb.transaction((tx) => parkExecutions(tx, [], limits)).catch((error: unknown) => error);
  await swallowed;
  await submit(service, receiver.url);
  await receiver.arrived(1);
  expect(receiver.received[0]?.body).toMatchObject({ status: "completed" });
  expect(isUnavailable(await failure)).toBe(true);
});

it("while somebody holds the lock of the concurrency limits, callbacks are recorded", async () => {
  const limits = { perClient: 5, perStrategy: new Map<string, number>() };
  await using test = await createTestDatabase("postgres");
  await using service = await startService(test.options, { limits });
  await using holder = await connectDatabase({ ...test.options, timeouts: { idleInTransactionMs: 60_000 } });
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  await using receiver = await startReceiver((res) => void mayAnswer.then(() => res.end()));
  const first = await submit(service, receiver.url);
  await receiver.arrived(1);
  const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>();
  const { promise: recorded, resolve: onRecorded } = Promise.withResolvers<void>();
  const holding = holder.db.transaction(async (tx) => {
    await tx.execute("select pg_advisory_xact_lock(hashtext('strategy-executor concurrency limits'))");
    onLocked();
    await recorded;
  });
  await locked;
  // Each of these wants the lock: to start, and to admit others in place of what was cancelled.
  for (let n = 0; n < 20; n += 1) {
    const id = await submit(service, receiver.url);
    if (n > 0) await cancelExecution.call(service.ctx, { execution_id: id });
  }
  answer();
  const isRecorded = async () => (await getExecution.call(service.ctx, { execution_id: first })).callback?.sent;
  await expect.poll(isRecorded, { timeout: 6_000 }).toBe(true);
  onRecorded();
  await holding;
});

async function submit({ ctx }: Service, callback_url: string): Promise<number> {
  const request = { strategy_name: "MovingAverageCrossover", callback_url };
  return (await executeStrategy.call(ctx, request)).execution_id;
}
