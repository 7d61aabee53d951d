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
      // A delivery that waited for a receiver that never answers would be seen.
      callbackTimeoutMs: 600_000,
      receiverLimits: { concurrency: 10, failuresToOpen: 5, coolDownMs, now: () => time },
    });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("that do not answer, ten of them with more than they may get at once, cost a fast one nothing", async () => {
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
    // Until then no slow one has answered.
    await fast.arrived(100);
    // By the process that ended the execution, and from the queue: never more at once.
    for (const { received } of slow) expect(received.length).toBeLessThanOrEqual(20);
    const answering = setInterval(() => unanswered.splice(0).forEach((res) => res.end()), 5);
    await Promise.all(slow.map((receiver) => receiver.arrived(25)));
    clearInterval(answering);
  });

  it("that fail again and again are left alone, tried now and then, and told of; others go on meanwhile", async () => {
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
    // What is told of the one can be older than what is told of the other.
    await expect
      .poll(() => stateOf(other.url), { timeout: 20_000 })
      .toMatchObject({ circuit: "closed", delivered_at: expect.any(String) });

    status = 200;
    time += coolDownMs;
    await failing.arrived(6);
    await expect.poll(() => callbackOf(waiting), { timeout: 20_000 }).toMatchObject({ sent: true, attempts: 1 });
    await expect
      .poll(() => stateOf(failing.url), { timeout: 20_000 })
      .toMatchObject({ circuit: "closed", failures: 0, open_until: null, delivered_at: expect.any(String) });
  });

  it("that are left alone get at once what somebody asks for, and are well again when they take it", async () => {
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
  it("get no more than that, and get it all", async () => {
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
    // Another receiver has a limit of its own.
    await submitTo(service, other.url);
    await other.arrived(1);
    await limited.arrived(60);
    for (let first = 0; first + 40 < at.length; first += 1) {
      // 20 that were saved up, and 20 in a second.
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

it("have nobody wait for them any longer once they are left alone", async () => {
  await using test = await createTestDatabase("pglite");
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
  const places = Array.from({ length: 6 }, () => receivers.tryToBegin(origin));
  expect(places).not.toContain(null);
  // Two have a place, and the first failure gives one to a third.
  receivers.end(origin, refused, true);
  receivers.end(origin, refused, true);
  expect(await Promise.all(places.map((place) => place?.free))).toEqual([true, true, true, false, false, false]);
  for (const place of places.slice(2)) place?.drop();
  expect(receivers.list()).toMatchObject([{ origin, circuit: "open", underWay: 0 }]);
  expect(receivers.tryToBegin(origin)).toBeNull();
});
