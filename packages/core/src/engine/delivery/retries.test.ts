import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { verifyCallback } from "@strategy-executor/callback";
import type { ConnectOptions } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { TestClock } from "pg-boss";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  cancelExecution,
  createSigningSecret,
  executeStrategy,
  getExecution,
  listDeliveryAttempts,
} from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
const second = 1_000;
const retryWaits = { firstMs: 5 * second, factor: 6, longestMs: 12 * 3_600 * second };

describeDatabases("retries through the queue, with a controlled clock,", (create) => {
  let database: TestDatabase;
  let clock: TestClock;
  let service: Service;
  let random = 0.5;
  const start = async () => {
    service = await startService(clocked(database.options), {
      clock,
      strategiesDir,
      retryWaits,
      random: () => random,
      callbackTimeoutMs: 1_000,
    });
  };
  beforeAll(async () => {
    database = await create();
    clock = new TestClock();
    await start();
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("back off, keep id and body, are signed each time, and stop at a success", async () => {
    const { secret } = await createSigningSecret.call(service.ctx, {});
    await using receiver = await answering(500, 404, 302, 200);
    const id = await submit(receiver.url, 5);
    const waits: number[] = [];
    for (let made = 1; made < 4; made += 1) {
      const { callback } = await until(id, ({ attempts }) => attempts === made);
      expect(callback).toMatchObject({ sent: false, sent_at: null, max_attempts: 5 });
      waits.push(await waitOf(id));
      await advance(waits.at(-1)! - 1);
      expect(receiver.received).toHaveLength(made);
      await advance(1);
      await receiver.arrived(made + 1);
    }
    expect(waits).toEqual([5 * second, 30 * second, 180 * second]);
    const { callback } = await until(id, ({ sent }) => sent);
    expect(callback).toMatchObject({ attempts: 4, next_attempt_at: null, response: { status_code: 200 } });
    const { attempts } = await listDeliveryAttempts.call(service.ctx, { execution_id: id });
    expect(attempts.map(({ response }) => (response as { status_code: number }).status_code)).toEqual([
      200, 302, 404, 500,
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    for (const { headers, text } of receiver.received) {
      const { timestamp } = verifyCallback([secret!], { headers, body: text });
      expect(Math.abs(timestamp - Date.now() / 1_000)).toBeLessThan(60);
    }
  });

  it("stop at the requested number of attempts", async () => {
    await using receiver = await answering(500);
    const id = await submit(receiver.url, 2);
    await until(id, ({ attempts }) => attempts === 1);
    await advance(await waitOf(id));
    const { callback } = await until(id, ({ attempts }) => attempts === 2);
    expect(callback).toMatchObject({ sent: false, next_attempt_at: null, response: { status_code: 500 } });
    await advance(24 * 3_600 * second);
    expect(receiver.received).toHaveLength(2);
  });

  it("are off by default", async () => {
    await using receiver = await answering(500);
    const id = await submit(receiver.url, null);
    const { callback } = await until(id, ({ attempts }) => attempts === 1);
    expect(callback).toMatchObject({ max_attempts: 1, next_attempt_at: null });
    await advance(24 * 3_600 * second);
    expect(receiver.received).toHaveLength(1);
  });

  it("stop after 410", async () => {
    await using receiver = await answering(410);
    const id = await submit(receiver.url, 5);
    const { callback } = await until(id, ({ attempts }) => attempts === 1);
    expect(callback).toMatchObject({ next_attempt_at: null, response: { status_code: 410 } });
    await advance(24 * 3_600 * second);
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ["what it asks for", 503, "7", 7.7],
    ["not less than the schedule", 503, "1", 5.5],
    ["not more than twice the schedule", 503, "86400", 10],
    ["a minute at least when it is asked too often", 429, undefined, 60],
    ["twice that and no more", 429, "86400", 120],
    ["a minute at least when its gateway is out of breath", 504, undefined, 60],
  ])("leave a receiver alone for %s: %d, Retry-After %s", async (_what, status, retryAfter, seconds) => {
    await using receiver = await startReceiver((res) => {
      if (retryAfter !== undefined) res.setHeader("Retry-After", retryAfter);
      res.writeHead(status).end();
    });
    const id = await submit(receiver.url, 2);
    await until(id, ({ attempts }) => attempts === 1);
    expect(await waitOf(id)).toBe(seconds * second);
  });

  it("wait a minute after a timeout", async () => {
    await using receiver = await startReceiver(() => undefined);
    const id = await submit(receiver.url, 2);
    const { callback } = await until(id, ({ attempts }) => attempts === 1);
    expect(callback?.response).toEqual({ error: "Timeout after 1 s" });
    expect(await waitOf(id)).toBe(60 * second);
  });

  it("have a jitter of 20 %", async () => {
    await using receiver = await answering(500);
    const waits: number[] = [];
    for (random of [0, 0.25, 0.75, 0.999_999]) {
      const id = await submit(receiver.url, 2);
      await until(id, ({ attempts }) => attempts === 1);
      waits.push(await waitOf(id));
    }
    random = 0.5;
    expect(waits).toEqual([4_000, 4_500, 5_500, 6_000]);
  });

  it("continue their schedule after a restart", async () => {
    await using receiver = await answering(500, 500, 200);
    const id = await submit(receiver.url, 5);
    await until(id, ({ attempts }) => attempts === 1);
    await advance(await waitOf(id));
    await until(id, ({ attempts }) => attempts === 2);
    const wait = await waitOf(id);
    expect(wait).toBe(30 * second);
    const endedAt = clock.now();
    await service[Symbol.asyncDispose]();
    clock = new TestClock(endedAt + wait - 1);
    await start();
    expect((await until(id, () => true)).callback).toMatchObject({ attempts: 2, next_attempt_at: expect.any(String) });
    await advance(0);
    expect(receiver.received).toHaveLength(2);
    await advance(1);
    await receiver.arrived(3);
    expect((await until(id, ({ sent }) => sent)).callback).toMatchObject({ attempts: 3, max_attempts: 5 });
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  async function submit(callback_url: string, callback_max_attempts: number | null): Promise<number> {
    const parameters = { variant: "NONE" };
    const input = { strategy_name: "BoldAssetAllocation", parameters, callback_url, callback_max_attempts };
    return (await executeStrategy.call(service.ctx, input)).execution_id;
  }

  type State = Awaited<ReturnType<typeof getExecution.run>>;

  async function until(id: number, holds: (callback: NonNullable<State["callback"]>) => boolean): Promise<State> {
    let execution: State;
    await expect
      .poll(
        async () => {
          execution = await getExecution.call(service.ctx, { execution_id: id });
          return holds(execution.callback!);
        },
        { timeout: 20_000, interval: 10 },
      )
      .toBe(true);
    return execution!;
  }

  /** Time from the end of the last attempt to the next. */
  async function waitOf(id: number): Promise<number> {
    const { callback } = await getExecution.call(service.ctx, { execution_id: id });
    const { attempts } = await listDeliveryAttempts.call(service.ctx, { execution_id: id });
    return Date.parse(callback!.next_attempt_at!) - Date.parse(attempts[0]!.ended_at!);
  }

  /** Advances the clock and waits until the queue has handed out all due jobs: the last one has then passed through it. */
  async function advance(ms: number): Promise<void> {
    await clock.setTime(clock.now() + ms);
    await using last = await startReceiver();
    const { execution_id } = await executeStrategy.call(service.ctx, {
      strategy_name: "Endless",
      parameters: {},
      callback_url: last.url,
    });
    // The callback of a cancelled execution goes through the queue.
    await cancelExecution.call(service.ctx, { execution_id });
    await last.arrived(1);
  }
});

/** Each PostgreSQL session must be told to use the clock of the test. */
function clocked(options: ConnectOptions): ConnectOptions {
  if (options.databaseUrl === undefined) return options;
  const url = new URL(options.databaseUrl);
  url.searchParams.set("options", "-c pgboss.test_clock=on");
  return { ...options, databaseUrl: url.href };
}

/** Answers with these statuses in turn, and repeats the last. */
function answering(...statuses: readonly number[]) {
  let made = 0;
  return startReceiver((res: ServerResponse) => {
    const status = statuses[Math.min(made, statuses.length - 1)]!;
    made += 1;
    res.writeHead(status, status === 302 ? { Location: "/elsewhere" } : {}).end();
  });
}
