import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database, Db } from "../connection/database.ts";
import { connectDatabase } from "../connection/connect.ts";
import { listAttempts } from "../callbacks/deliveries.ts";
import { getExecution, getSeries, listExecutions } from "./executions.ts";
import { releaseAttempt } from "./start-executions.ts";
import { anybody } from "../access/owner.ts";
import { rowsOf } from "../connection/rows.ts";
import {
  closeAttempt,
  describeDatabases,
  insertExecution,
  openAttempt,
  settleExecution,
  startExecution,
  type TestDatabase,
} from "../testing/index.ts";

const series = Buffer.from("any bytes \0 and \xff", "latin1");
const completed = { status: "completed", result: '{"final_value":1,"return":0}', series } as const;

describeDatabases("executions", (create) => {
  let test: TestDatabase;
  let database: Database;
  let db: Db;
  beforeAll(async () => {
    test = await create();
    database = await connectDatabase(test.options);
    db = database.db;
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("moves from pending to running to completed, with an event each", async () => {
    const id = await submit();
    expect(await getExecution(db, id, anybody)).toMatchObject({
      status: "pending",
      startedAt: null,
      completedAt: null,
    });
    const started = await startExecution(db, id);
    expect(started).toEqual({
      id,
      attempt: 1,
      countedAttempts: 1,
      strategy: "S",
      version: "1",
      parameters: { b: 1, a: "ü\0" },
      executionParameters: { b: 1, a: "ü\0" },
      startedAt: expect.any(Date),
      waitedMs: expect.any(Number),
      timeLimitMs: null,
      traceParent: null,
      callback: {
        url: "http://localhost/x",
        webhookId: expect.any(String),
        client: "local",
        label: null,
        format: "json",
        maxAttempts: 1,
      },
    });
    expect(await getExecution(db, id, anybody)).toMatchObject({
      status: "running",
      startedAt: expect.any(Date),
      completedAt: null,
    });
    expect(await settleExecution(db, id, 1, completed)).toEqual({ id, completedAt: expect.any(Date), attemptId: null });
    expect(await getExecution(db, id, anybody)).toMatchObject({
      status: "completed",
      completedAt: expect.any(Date),
      result: { final_value: 1, return: 0 },
      errorMessage: null,
    });
    expect(await getSeries(db, id, anybody)).toEqual(series);
    expect(await eventsOf(id)).toEqual(["1 pending", "2 running", "3 completed"]);
  });

  it("returns documents with their keys in the original order", async () => {
    const id = await submit();
    await startExecution(db, id);
    await settleExecution(db, id, 1, { ...completed, result: '{"zebra":1,"a":{"y":1,"x":2},"b":[]}' });
    expect(JSON.stringify((await getExecution(db, id, anybody))?.result)).toBe('{"zebra":1,"a":{"y":1,"x":2},"b":[]}');
  });

  it("drops the late result of an attempt that was overtaken", async () => {
    const id = await submit();
    await startExecution(db, id);
    expect(await startExecution(db, id)).toMatchObject({ attempt: 2, countedAttempts: 2 });
    expect(await settleExecution(db, id, 1, completed)).toBeNull();
    expect(await getSeries(db, id, anybody)).toBeNull();
    expect(await settleExecution(db, id, 2, { status: "failed", errorMessage: "no\0pe" })).not.toBeNull();
    expect(await getExecution(db, id, anybody)).toMatchObject({ status: "failed", errorMessage: "nope", result: null });
    expect(await eventsOf(id)).toEqual(["1 pending", "2 running", "3 running", "4 failed"]);
  });

  it("never changes a terminal status, and settles once when two attempts race", async () => {
    const id = await submit();
    await startExecution(db, id);
    const both = await Promise.all([
      settleExecution(db, id, 1, completed),
      settleExecution(db, id, 1, { status: "failed", errorMessage: "other" }),
    ]);
    expect(both.filter((settled) => settled !== null)).toHaveLength(1);
    const before = await getExecution(db, id, anybody);
    expect(await startExecution(db, id)).toBeNull();
    expect(await settleExecution(db, id, 1, completed)).toBeNull();
    expect(await getExecution(db, id, anybody)).toEqual(before);
    expect(await eventsOf(id)).toHaveLength(3);
  });

  it("does not count a released attempt", async () => {
    const id = await submit();
    await startExecution(db, id);
    await releaseAttempt(db, id, 1);
    expect(await startExecution(db, id)).toMatchObject({ attempt: 2, countedAttempts: 1 });
  });

  it("lists newest first, page by page", async () => {
    const ids = [await submit("L"), await submit("L"), await submit("L")].toReversed();
    await startExecution(db, ids[1]!);
    const list = async (filter: object) =>
      (await listExecutions(db, { owner: anybody, strategy: "L", limit: 10, ...filter })).items.map(({ id }) => id);
    expect(await list({})).toEqual(ids);
    expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await list({ before: ids[1] })).toEqual(ids.slice(2));
    expect(await list({ statuses: ["running"] })).toEqual([ids[1]]);
  });

  it("makes a callback due with the end of its execution and records each attempt before it is sent", async () => {
    const id = await submit();
    expect(await openAttempt(db, id)).toBeNull();
    await startExecution(db, id);
    await settleExecution(db, id, 1, completed);
    const first = await openAttempt(db, id);
    expect(first).toMatchObject({ number: 1, url: "http://localhost/x" });
    expect(await listAttempts(db, id, anybody, { limit: 10 })).toMatchObject([{ number: 1, endedAt: null }]);

    const second = await openAttempt(db, id);
    expect(second).toMatchObject({ number: 2, webhookId: first?.webhookId });
    expect(await listAttempts(db, id, anybody, { limit: 10 })).toMatchObject([
      { number: 2, endedAt: null },
      { number: 1, error: "Interrupted", endedAt: expect.any(Date) },
    ]);

    const headers = { "Content-Type": "text/plain" };
    const answer = { statusCode: 200, responseText: "ok", headers, error: null, durationMs: 7, signedWith: ["sign_1"] };
    expect(await closeAttempt(db, id, first!.attemptId, { ...answer, accepted: true })).toBe(false);
    expect((await getExecution(db, id, anybody))?.callback).toMatchObject({
      sent: false,
      sentAt: null,
      response: null,
    });
    expect(await closeAttempt(db, id, second!.attemptId, { ...answer, accepted: true })).toBe(true);
    expect((await getExecution(db, id, anybody))?.callback).toEqual({
      url: "http://localhost/x",
      format: "json",
      sent: true,
      sentAt: expect.any(Date),
      response: { status_code: 200, response_text: "ok", headers: { "Content-Type": "text/plain" } },
      attempts: 1,
      maxAttempts: 1,
      nextAttemptAt: null,
    });
    expect(await openAttempt(db, id)).toBeNull();
  });

  function submit(strategy = "S"): Promise<number> {
    const parameters = { b: 1, a: "ü\0" };
    const callbackUrl = "http://localhost/x";
    return insertExecution(db, {
      client: "local",
      strategy,
      version: "1",
      parameters,
      executionParameters: parameters,
      callbackUrl,
    });
  }

  async function eventsOf(id: number): Promise<string[]> {
    const events = sql`select number || ' ' || status as event from execution_events where execution_id = ${id} order by number`;
    return rowsOf<{ event: string }>(await db.execute(events)).map(({ event }) => event);
  }
});
