import type { ServerResponse } from "node:http";
import { connectDatabase } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { executeStrategy, getExecution, listReceivers, redeliverCallback } from "../../operations/index.ts";
import { type Receiver, startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";
import { createReceivers } from "./receivers.ts";

describeDatabases("receivers", (create) => {
  let database: TestDatabase;
  let service: Service;
  const coolDownMs = 500;
  let time = Date.now();
  beforeAll(async () => {
    database = await create();
    service = await startService(database.options, {
      // A delivery that waited for a hanging receiver would fail the test.
      callbackTimeoutMs: 600_000,
      receiverLimits: { concurrency: 10, failuresToOpen: 5, coolDownMs, now: () => time },
    });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("that hang, ten of them with full slots, do not delay a fast one", async () => {
    await using stack = new AsyncDisposableStack();
    const unanswered: ServerResponse[] = [];
    const slow: Receiver[] = [];
    for (let count = 0; count < 10; count += 1) {
      slow.push(stack.use(await startReceiver((res) => void unanswered.push(res))));
    }
    const fast = stack.use(await startReceiver());
    await Promise.all(slow.flatMap(({ url }) => Array.from({ length: 25 }, () => submit(url))));
    await Promise.all(slow.map((receiver) => receiver.arrived(10)));
    await Promise.all(Array.from({ length: 100 }, () => submit(fast.url)));
    // No slow receiver has answered so far.
    await fast.arrived(100);
    // First attempts and queued ones share the limit.
    for (const { received } of slow) expect(received.length).toBeLessThanOrEqual(20);
    const answering = setInterval(() => unanswered.splice(0).forEach((res) => res.end()), 5);
    await Promise.all(slow.map((receiver) => receiver.arrived(25)));
    clearInterval(answering);
  });

  it("that keep failing have their circuit opened and probed; others are not affected", async () => {
    let status = 503;
    await using failing = await startReceiver((res) => res.writeHead(status).end());
    await using other = await startReceiver();
    for (let count = 1; count <= 5; count += 1) {
      const id = await submit(failing.url);
      await expect.poll(async () => (await callbackOf(id)).attempts, { timeout: 20_000, interval: 10 }).toBe(1);
    }
    const waiting = await submit(failing.url);
    await expect
      .poll(() => callbackOf(waiting), { timeout: 20_000, interval: 10 })
      .toMatchObject({ attempts: 0, response: null, next_attempt_at: expect.any(String) });
    await submit(other.url);
    await other.arrived(1);
    expect(failing.received).toHaveLength(5);
    await expect
      .poll(() => stateOf(failing.url), { timeout: 20_000 })
      .toMatchObject({
        circuit: "open",
        failures: null,
        open_until: expect.any(String),
        failed_at: expect.any(String),
      });
    // The reports may be of different age.
    await expect
      .poll(() => stateOf(other.url), { timeout: 20_000 })
      .toMatchObject({ circuit: "closed", delivered_at: expect.any(String), latency_ms: expect.any(Number) });

    status = 200;
    time += coolDownMs;
    await failing.arrived(6);
    await expect.poll(() => callbackOf(waiting), { timeout: 20_000 }).toMatchObject({ sent: true, attempts: 1 });
    await expect
      .poll(() => stateOf(failing.url), { timeout: 20_000 })
      .toMatchObject({ circuit: "closed", failures: 0, open_until: null, delivered_at: expect.any(String) });
  });

  it("with an open circuit get a redelivery at once, and a success closes the circuit", async () => {
    let status = 503;
    await using failing = await startReceiver((res) => res.writeHead(status).end());
    const ids: number[] = [];
    for (let count = 1; count <= 5; count += 1) {
      ids.push(await submit(failing.url));
      await expect.poll(async () => (await callbackOf(ids.at(-1)!)).attempts, { timeout: 20_000 }).toBe(1);
    }
    status = 200;
    await redeliverCallback.call(service.ctx, { execution_id: ids[0]! });
    await failing.arrived(6);
    await expect.poll(() => callbackOf(ids[0]!), { timeout: 20_000 }).toMatchObject({ sent: true });
    await submit(failing.url);
    await failing.arrived(7);
  });

  function callbackOf(id: number) {
    return callbackFrom(service, id);
  }

  async function stateOf(url: string) {
    const { receivers } = await listReceivers.call(service.ctx, {});
    return receivers.find(({ origin }) => origin === url);
  }

  function submit(url: string): Promise<number> {
    return submitTo(service, url);
  }
});

describeDatabases("receivers with a rate limit", (create) => {
  it("get all callbacks, at no higher rate", async () => {
    await using database = await create();
    const rateLimit = { perSecond: 20, burst: 20 };
    await using service = await startService(database.options, { receiverLimits: { concurrency: 50, rateLimit } });
    const at: number[] = [];
    await using limited = await startReceiver((res) => {
      at.push(performance.now());
      res.end();
    });
    await using other = await startReceiver();
    await Promise.all(Array.from({ length: 60 }, () => submitTo(service, limited.url)));
    // Each receiver has its own limit.
    await submitTo(service, other.url);
    await other.arrived(1);
    await limited.arrived(60);
    for (let first = 0; first + 40 < at.length; first += 1) {
      // A burst of 20, then 20 per second.
      expect(at[first + 40]! - at[first]!).toBeGreaterThan(900);
    }
  });
});

async function submitTo(service: Service, callback_url: string): Promise<number> {
  const submission = { strategy_name: "BoldAssetAllocation", parameters: { variant: "NONE" }, callback_url };
  return (await executeStrategy.call(service.ctx, submission)).execution_id;
}

async function callbackFrom(service: Service, execution_id: number) {
  return (await getExecution.call(service.ctx, { execution_id })).callback!;
}

it("receivers reject waiting first attempts once the circuit opens", async () => {
  await using test = await createTestDatabase();
  await using database = await connectDatabase(test.options);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const limits = { concurrency: 2, failuresToOpen: 2, coolDownMs: 60_000 };
  await using receivers = createReceivers({ database, limits, probeMs: 1_000, random: () => 0, log });
  const origin = "http://127.0.0.1:1";
  const answered = {
    kind: "answered",
    statusCode: 200,
    responseText: "",
    truncated: false,
    headers: {},
    durationMs: 5,
  } as const;
  const refused = { kind: "not-answered", error: "Connection refused", durationMs: 1 } as const;

  receivers.begin(origin);
  receivers.end(origin, answered, true);
  const slots = Array.from({ length: 6 }, () => receivers.tryReserve(origin));
  expect(slots).not.toContain(null);
  // Two slots are granted at once; the end of the first request grants a third.
  receivers.end(origin, refused, true);
  receivers.end(origin, refused, true);
  expect(await Promise.all(slots.map((slot) => slot?.granted))).toEqual([true, true, true, false, false, false]);
  for (const slot of slots.slice(2)) slot?.release();
  expect(receivers.list()).toMatchObject([{ origin, circuit: "open", underWay: 0 }]);
  expect(receivers.tryReserve(origin)).toBeNull();
});
