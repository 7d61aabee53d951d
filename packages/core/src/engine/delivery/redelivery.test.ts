import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { maxExamined } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  cancelExecution,
  executeStrategy,
  getExecution,
  listDeliveryAttempts,
  redeliverCallback,
  redeliverCallbacks,
} from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));

describeDatabases("redelivered callbacks", (create) => {
  let database: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    database = await create();
    service = await startService(database.options, { strategiesDir, retryWaits: [3_600_000] });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("keep id and body, and count as delivered if they had failed before", async () => {
    await using receiver = await answering(500, 200);
    const id = await submit(receiver.url);
    const before = await untilAttempts(id, 1);
    expect(before).toMatchObject({ sent: false, attempts: 1, max_attempts: 1, response: { status_code: 500 } });
    await redeliverCallback.call(service.ctx, { execution_id: id });
    const [first, again] = await attemptsOf(id, 2);
    expect(again).toMatchObject({ number: 1, redelivery: false, response: { status_code: 500 } });
    expect(first).toMatchObject({ number: 2, redelivery: true, response: { status_code: 200 } });
    expect(await callbackOf(id)).toMatchObject({
      sent: true,
      sent_at: expect.any(String),
      attempts: 1,
      response: { status_code: 200 },
    });
    const [one, other] = receiver.received;
    expect(other!.headers["webhook-id"]).toBe(one!.headers["webhook-id"]);
    expect(other!.text).toBe(one!.text);
  });

  it("keep the body where a message holds what no database stores", async () => {
    await using receiver = await answering(200, 200);
    const id = await submit(receiver.url, { strategy_name: "Throwing", parameters: { what: "halves" } });
    await untilAttempts(id, 1);
    await redeliverCallback.call(service.ctx, { execution_id: id });
    await attemptsOf(id, 2);
    const [first, again] = receiver.received;
    const { error_message } = await getExecution.call(service.ctx, { execution_id: id });
    expect(error_message).toBe("Throwing failed on 2004-01-30: half \ufffd a character");
    expect(first!.body.error_message).toBe(error_message);
    expect(again!.text).toBe(first!.text);
  });

  it("stay delivered whatever the response, and count as no attempt", async () => {
    await using receiver = await answering(200, 500);
    const id = await submit(receiver.url);
    const { sent_at } = await untilAttempts(id, 1);
    await redeliverCallback.call(service.ctx, { execution_id: id });
    await attemptsOf(id, 2);
    expect(await callbackOf(id)).toMatchObject({ sent: true, sent_at, attempts: 1, response: { status_code: 200 } });
  });

  it("do not affect scheduled retries when they fail, and end them when they succeed", async () => {
    await using receiver = await answering(500, 501, 200);
    const id = await submit(receiver.url, { callback_max_attempts: 3 });
    const { next_attempt_at } = await untilAttempts(id, 1);
    expect(next_attempt_at).toEqual(expect.any(String));
    await redeliverCallback.call(service.ctx, { execution_id: id });
    await attemptsOf(id, 2);
    expect(await callbackOf(id)).toMatchObject({
      sent: false,
      attempts: 1,
      next_attempt_at,
      response: { status_code: 501 },
    });
    await redeliverCallback.call(service.ctx, { execution_id: id });
    await attemptsOf(id, 3);
    expect(await callbackOf(id)).toMatchObject({ sent: true, attempts: 1, next_attempt_at: null });
  });

  it("are queued once, however often they are requested", async () => {
    const held: ServerResponse[] = [];
    await using receiver = await startReceiver((res) => void held.push(res));
    const id = await submit(receiver.url);
    await receiver.arrived(1);
    held.pop()!.end();
    await untilAttempts(id, 1);
    for (let count = 0; count < 5; count += 1) await redeliverCallback.call(service.ctx, { execution_id: id });
    await receiver.arrived(2);
    await redeliverCallback.call(service.ctx, { execution_id: id });
    held.pop()!.end();
    await attemptsOf(id, 2);
    expect(receiver.received).toHaveLength(2);
  });

  it("are refused for an unknown or unfinished execution and without a callback_url", async () => {
    await using receiver = await startReceiver();
    const running = await submit(receiver.url, { strategy_name: "Endless", parameters: {} });
    await expect(redeliverCallback.call(service.ctx, { execution_id: running })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/ has not ended: it is (pending|running)$/),
    });
    await cancelExecution.call(service.ctx, { execution_id: running });
    const silent = await submit(null);
    await expect(redeliverCallback.call(service.ctx, { execution_id: silent })).rejects.toMatchObject({
      code: "conflict",
      message: `Execution ${silent} has no callback_url`,
    });
    await expect(redeliverCallback.call(service.ctx, { execution_id: 999_999 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("include all failed callbacks since a time, page by page, and no delivered one", async () => {
    await using delivered = await startReceiver();
    await using receiver = await answering(500, 500, 500, 500, 500, 200);
    await untilAttempts(await submit(receiver.url), 1);
    const before = await submit(delivered.url);
    await untilAttempts(before, 1);
    const { completed_at } = await getExecution.call(service.ctx, { execution_id: before });
    const since = new Date(Date.parse(completed_at!) + 1).toISOString();
    const ids: number[] = [];
    for (let count = 0; count < 4; count += 1) ids.unshift(await submit(receiver.url));
    await untilAttempts(await submit(delivered.url), 1);
    for (const id of ids) await untilAttempts(id, 1);
    const first = await redeliverCallbacks.call(service.ctx, { since, limit: 3 });
    expect(first).toEqual({ redelivered: 3, next_cursor: String(ids[2]) });
    const second = await redeliverCallbacks.call(service.ctx, { since, limit: 3, cursor: first.next_cursor });
    expect(second).toEqual({ redelivered: 1, next_cursor: null });
    for (const id of ids) expect((await attemptsOf(id, 2))[0]).toMatchObject({ redelivery: true });
    for (const id of ids) expect(await callbackOf(id)).toMatchObject({ sent: true, attempts: 1 });
    expect(delivered.received).toHaveLength(2);
    expect(receiver.received).toHaveLength(9);
    expect(await redeliverCallbacks.call(service.ctx, { since })).toEqual({ redelivered: 0, next_cursor: null });
    const until = since;
    expect(await redeliverCallbacks.call(service.ctx, { since, until, include_delivered: true })).toEqual({
      redelivered: 0,
      next_cursor: null,
    });
    expect(await redeliverCallbacks.call(service.ctx, { strategy: "None" })).toMatchObject({ redelivered: 0 });
  });

  it("are counted by a dry run, and selected by their executions", async () => {
    await using receiver = await answering(500, 500, 200);
    const ids = [await submit(receiver.url), await submit(receiver.url)];
    for (const id of ids) await untilAttempts(id, 1);
    const [first] = ids;
    expect(await redeliverCallbacks.call(service.ctx, { ids, dry_run: true })).toMatchObject({ redelivered: 2 });
    expect(await redeliverCallbacks.call(service.ctx, { ids: [first] })).toMatchObject({ redelivered: 1 });
    await attemptsOf(first!, 2);
    expect(receiver.received).toHaveLength(3);
    expect(await redeliverCallbacks.call(service.ctx, { ids, dry_run: true })).toMatchObject({ redelivered: 1 });
    await expect(redeliverCallbacks.call(service.ctx, { dry_run: true })).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "ids" }],
    });
  });

  it("are examined up to a number where no index helps, and further on by cursor", async () => {
    const { db } = service.database;
    const receiver = "https://rare.example";
    await db.execute(`
      with made as (
        insert into executions (client, strategy, version, status, parameters, execution_parameters, completed_at)
        select 'local', 'Rare', '1.0.0', case when n = 1 then 'failed' else 'completed' end, '{}', '{}', now()
        from generate_series(1, ${maxExamined + 100}) as n returning id, status
      )
      insert into callbacks (execution_id, url, state, sent)
      select id, '${receiver}/hook', 'ended', true from made where status = 'failed'`);
    const filter = { receiver, include_delivered: true, dry_run: true };
    const first = await redeliverCallbacks.call(service.ctx, filter);
    expect(first).toEqual({ redelivered: 0, next_cursor: expect.any(String) });
    const second = await redeliverCallbacks.call(service.ctx, { ...filter, cursor: first.next_cursor });
    expect(second).toEqual({ redelivered: 1, next_cursor: null });
    const accepted_since = new Date(Date.now() + 86_400_000).toISOString();
    expect(await redeliverCallbacks.call(service.ctx, { ...filter, accepted_since })).toEqual({
      redelivered: 0,
      next_cursor: null,
    });
    // Callbacks that were given up have an index.
    expect(await redeliverCallbacks.call(service.ctx, { receiver, dry_run: true })).toEqual({
      redelivered: 0,
      next_cursor: null,
    });
    await db.execute("delete from executions where strategy = 'Rare'");
    await db.execute(`delete from callbacks where url = '${receiver}/hook'`);
  });

  it("asked for by several at once are sent once", async () => {
    await using receiver = await answering(...Array.from({ length: 20 }, () => 500));
    const ids = (await Promise.all(Array.from({ length: 20 }, () => submit(receiver.url)))).toSorted((a, b) => a - b);
    for (const id of ids) await untilAttempts(id, 1);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => redeliverCallbacks.call(service.ctx, { ids, include_delivered: true })),
    );
    expect(answers.map(({ redelivered }) => redelivered).toSorted((a, b) => b - a)).toEqual([20, 0, 0, 0, 0]);
    for (const id of ids) await attemptsOf(id, 2);
    expect(receiver.received).toHaveLength(40);
    // Asked for later they are sent again.
    expect(await redeliverCallbacks.call(service.ctx, { ids, include_delivered: true })).toMatchObject({
      redelivered: 20,
    });
    for (const id of ids) await attemptsOf(id, 3);
    // Whoever comes second finds the rest of the pages all the same.
    const pages = await Promise.all(
      Array.from({ length: 2 }, () =>
        redeliverCallbacks.call(service.ctx, { ids, include_delivered: true, limit: 15 }),
      ),
    );
    expect(pages.map(({ next_cursor }) => next_cursor)).toEqual([String(ids[5]), String(ids[5])]);
  });

  it("are limited to the client's own", async () => {
    await using receiver = await answering(500);
    const id = await submit(receiver.url);
    await untilAttempts(id, 1);
    const stranger = { ...service.ctx, client: { id: "stranger", scopes: new Set(["execute"] as const) } };
    expect(await redeliverCallbacks.call(stranger, { ids: [id] })).toMatchObject({ redelivered: 0 });
    await expect(redeliverCallback.call(stranger, { execution_id: id })).rejects.toMatchObject({ code: "not_found" });
  });

  async function submit(callback_url: string | null, more: object = {}): Promise<number> {
    const submission = { strategy_name: "BoldAssetAllocation", parameters: { variant: "NONE" }, callback_url };
    return (await executeStrategy.call(service.ctx, { ...submission, ...more })).execution_id;
  }

  async function callbackOf(id: number) {
    return (await getExecution.call(service.ctx, { execution_id: id })).callback!;
  }

  async function untilAttempts(id: number, count: number) {
    await expect.poll(async () => (await callbackOf(id)).attempts, { timeout: 20_000, interval: 10 }).toBe(count);
    return callbackOf(id);
  }

  /** The delivery log once this many attempts have ended. */
  async function attemptsOf(id: number, count: number) {
    const read = async () => (await listDeliveryAttempts.call(service.ctx, { execution_id: id })).attempts;
    const ended = async () => (await read()).filter(({ ended_at }) => ended_at !== null).length;
    await expect.poll(ended, { timeout: 20_000, interval: 10 }).toBe(count);
    return read();
  }
});

/** Answers with these statuses in turn, and repeats the last. */
function answering(...statuses: readonly number[]) {
  let made = 0;
  return startReceiver((res) => {
    res.writeHead(statuses[Math.min(made, statuses.length - 1)]!).end();
    made += 1;
  });
}
