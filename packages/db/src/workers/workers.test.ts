import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anybody } from "../access/owner.ts";
import { connectDatabase } from "../connection/connect.ts";
import type { Database, Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { listExecutionAttempts } from "../executions/attempts.ts";
import { cancelExecution } from "../executions/end-executions.ts";
import { getExecution } from "../executions/executions.ts";
import { startExecutions } from "../executions/start-executions.ts";
import { insertSweep, returnStep, startStep, storeChunk } from "../sweeps/sweeps.ts";
import { describeDatabases, insertExecution, settleExecution, type TestDatabase } from "../testing/index.ts";
import { interruptExecutions, lostWorkers, returnExecutions } from "./interruptions.ts";
import { addWorker, endWorker, listWorkers, touchWorker } from "./workers.ts";

const chunk = { bytes: Buffer.from("x"), evaluated: 1, invalid: 0, failed: 0, failure: null, prices: {} };
const failed = { status: "failed", errorMessage: "no" } as const;

describeDatabases("workers", (create) => {
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

  it("are listed with what they run, until they end", async () => {
    const worker = await add("host/1");
    const [running, ended] = [await submit(), await submit()];
    await startExecutions(db, [running, ended], worker);
    await settleExecution(db, ended, 1, failed);
    await touchWorker(db, worker, 2);
    expect(await find(worker)).toEqual({
      id: worker,
      name: "host/1",
      version: "1.2.3",
      threads: 4,
      threadsBusy: 2,
      startedAt: expect.any(Date),
      seenAt: expect.any(Date),
      isLost: false,
      sweepSteps: 0,
      running: [{ id: running, client: "local", strategy: "S", attempt: 1, startedAt: expect.any(Date) }],
    });
    await endWorker(db, worker);
    expect(await find(worker)).toBeUndefined();
    expect(await attemptsOf(running)).toMatchObject([{ worker: { id: worker, name: "host/1" } }]);
  });

  it("are lost without heartbeats: what they ran waits again, and their attempts were interrupted", async () => {
    const [lost, other] = [await add("host/2"), await add("host/3")];
    const [id, kept, done] = [await submit(), await submit(), await submit()];
    await startExecutions(db, [id, done], lost);
    await startExecutions(db, [kept], other);
    await settleExecution(db, done, 1, failed);
    await db.execute(sql`update execution_events set at = at - interval '1 minute' where execution_id = ${id}`);
    expect(await lostNow()).not.toContain(lost);
    const seenAt = await silence(lost);
    expect(await lostNow()).toContain(lost);
    expect(await lostWorkers(db, { self: lost, isAlone: false })).not.toContain(lost);
    expect(await interruptExecutions(db, [lost])).toEqual([id]);
    expect(await interruptExecutions(db, [lost])).toEqual([]);
    expect(await find(lost)).toMatchObject({ isLost: true, running: [] });
    expect(await getExecution(db, id, anybody)).toMatchObject({ status: "pending", progress: null });
    expect(await getExecution(db, kept, anybody)).toMatchObject({ status: "running" });
    expect(await attemptsOf(id)).toEqual([
      {
        number: 1,
        status: "interrupted",
        worker: { id: lost, name: "host/2" },
        startedAt: expect.any(Date),
        endedAt: expect.any(Date),
        seenAt,
      },
    ]);
    const [again] = await startExecutions(db, [id], other);
    expect(again).toMatchObject({ attempt: 2, countedAttempts: 2 });
    expect(await settleExecution(db, id, 1, failed)).toBeNull();
    expect(await settleExecution(db, id, 2, failed)).not.toBeNull();
    expect(await attemptsOf(id)).toMatchObject([
      { number: 2, status: "failed", worker: { id: other } },
      { number: 1, status: "interrupted", worker: { id: lost } },
    ]);
    expect(await eventsOf(id)).toEqual(["1 pending", "2 running", "3 pending", "4 running", "5 failed"]);
    // It was frozen and continues.
    await touchWorker(db, lost, 0);
    expect(await find(lost)).toMatchObject({ isLost: false });
    expect(await lostNow()).not.toContain(lost);
  });

  it("may end an attempt after they were presumed dead, unless another one has begun", async () => {
    const worker = await add("host/4");
    const id = await submit();
    await startExecutions(db, [id], worker);
    await silence(worker);
    await interruptExecutions(db, [worker]);
    expect(await settleExecution(db, id, 1, failed)).not.toBeNull();
    expect(await attemptsOf(id)).toMatchObject([{ number: 1, status: "failed" }]);
  });

  it("return attempts, which then do not count against the limit", async () => {
    const worker = await add("host/5");
    const [id, overtaken, cancelled] = [await submit(), await submit(), await submit()];
    await startExecutions(db, [id, overtaken, cancelled], worker);
    await startExecutions(db, [overtaken], worker);
    await cancelExecution(db, cancelled, anybody);
    const attempts = [id, overtaken, cancelled].map((one) => ({ id: one, attempt: 1 }));
    expect(await returnExecutions(db, attempts, worker)).toEqual([id]);
    expect(await getExecution(db, id, anybody)).toMatchObject({ status: "pending" });
    expect((await startExecutions(db, [id], worker))[0]).toMatchObject({ attempt: 2, countedAttempts: 1 });
    expect(await attemptsOf(id)).toMatchObject([
      { number: 2, status: "running", endedAt: null, seenAt: expect.any(Date) },
      { number: 1, status: "returned" },
    ]);
    expect(await attemptsOf(overtaken)).toMatchObject([{ status: "running" }, { status: "interrupted" }]);
    expect(await attemptsOf(cancelled)).toMatchObject([{ status: "cancelled" }]);
  });

  it("share a sweep, which is interrupted when no other has a step of it, and goes on with any step", async () => {
    const [lost, other] = [await add("host/7"), await add("host/8")];
    const id = await submit();
    await insertSweep(db, id, { combinations: 4, chunkSize: 1, chunks: 4 });
    const start = (step: number, worker: number) => startStep(db, id, step, { startsSweep: true, worker });
    expect(await start(0, lost)).toMatchObject({ begun: true, attempts: 1 });
    expect(await start(1, other)).toMatchObject({ begun: false });
    expect(await find(lost)).toMatchObject({ sweepSteps: 1, running: [] });
    await silence(lost);
    expect(await interruptExecutions(db, [lost])).toEqual([]);
    expect(await storeChunk(db, id, 1, chunk)).toMatchObject({ done: 1 });
    expect(await start(2, lost)).toMatchObject({ begun: false });
    expect(await interruptExecutions(db, [lost])).toEqual([id]);
    expect(await interruptExecutions(db, [lost])).toEqual([]);
    expect(await getExecution(db, id, anybody)).toMatchObject({ status: "pending" });
    // Begun before, it is not held back again.
    expect(await startStep(db, id, 0, { startsSweep: false, worker: other })).toMatchObject({
      begun: true,
      attempts: 2,
    });
    expect(await returnStep(db, id, 0, other)).toBe(true);
    expect(await start(0, other)).toMatchObject({ begun: true, attempts: 2 });
    expect(await start(3, other)).toMatchObject({ begun: false });
    const both = await Promise.all([returnStep(db, id, 0, other), returnStep(db, id, 3, other)]);
    expect(both.toSorted()).toEqual([false, true]);
    // The lost worker continues.
    expect(await storeChunk(db, id, 2, chunk)).toMatchObject({ done: 2 });
    expect(await attemptsOf(id)).toMatchObject([
      { number: 3, status: "returned", worker: { id: other } },
      { number: 2, status: "returned", worker: { id: other } },
      { number: 1, status: "interrupted", worker: { id: lost } },
    ]);
  });

  it("have attempts that are read page by page, by the owner of the execution only", async () => {
    const id = await submit();
    for (let times = 0; times < 3; times += 1) await startExecutions(db, [id], null);
    const page = async (before?: number) =>
      (await listExecutionAttempts(db, id, anybody, { before, limit: 2 })).map(({ number }) => number);
    expect(await page()).toEqual([3, 2]);
    expect(await page(2)).toEqual([1]);
    expect(await listExecutionAttempts(db, id, "somebody", { before: undefined, limit: 2 })).toEqual([]);
  });

  it("on a database of their own are lost as soon as another process starts", async () => {
    const [old, current] = [await add("host/6"), await add("host/6")];
    expect(await lostWorkers(db, { self: current, isAlone: true })).toContain(old);
    expect(await lostWorkers(db, { self: current, isAlone: true })).not.toContain(current);
  });

  const add = (name: string) => addWorker(db, { name, version: "1.2.3", threads: 4 });
  const find = async (id: number) => (await listWorkers(db, 100)).find((worker) => worker.id === id);
  const lostNow = () => lostWorkers(db, { self: null, isAlone: false });
  const attemptsOf = (id: number) => listExecutionAttempts(db, id, anybody, { before: undefined, limit: 10 });

  /** As if the worker had sent no heartbeat for a while. Returns its last one. */
  async function silence(id: number): Promise<Date> {
    const [row] = rowsOf<{ seen_at: string }>(
      await db.execute(
        sql`update workers set seen_at = now() - interval '11 seconds' where id = ${id} returning seen_at`,
      ),
    );
    return new Date(row!.seen_at);
  }

  async function eventsOf(id: number): Promise<string[]> {
    const rows = rowsOf<{ number: number; status: string }>(
      await db.execute(sql`select number, status from execution_events where execution_id = ${id} order by number`),
    );
    return rows.map(({ number, status }) => `${number} ${status}`);
  }

  function submit(): Promise<number> {
    return insertExecution(db, {
      client: "local",
      strategy: "S",
      version: "1",
      parameters: {},
      executionParameters: {},
      callbackUrl: null,
    });
  }
});
