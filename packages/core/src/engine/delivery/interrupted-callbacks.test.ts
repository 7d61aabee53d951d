import {
  anybody,
  bossStatements,
  closeAttempts,
  connectDatabase,
  type Database,
  interruptedCallbacks,
  listAttempts,
  openAttempts,
} from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { startSignals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { startInterruptedCallbacks } from "./interrupted-callbacks.ts";
import { createLifecycle } from "../lifecycle/lifecycle.ts";
import { noopObserver } from "../lifecycle/observer.ts";
import { startQueue } from "../work/queue.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const submission = { client: "local", strategy: "S", version: "1", parameters: {}, executionParameters: {} };

describeDatabases("a callback whose first attempt has no recorded response", (create) => {
  it("is queued once by many processes, and not before the attempt must have ended", async () => {
    await using service = await start(create);
    await service.poll(3_600_000);
    const told = Promise.withResolvers<void>();
    service.signals.on(
      "jobs",
      (name) => name === "callbacks" && told.resolve(),
      () => undefined,
    );
    const id = await service.end();
    expect(await callbackJobs(service.database)).toEqual([]);
    await Promise.all([service.poll(0), service.poll(0)]);
    await told.promise;
    expect(await callbackJobs(service.database)).toEqual([id]);
  });

  it("has that attempt closed and is not repeated after a successful redelivery", async () => {
    await using service = await start(create);
    const { db } = service.database;
    const id = await service.end();
    const [again] = await openAttempts(db, [id], "redelivery");
    const taken = { statusCode: 200, responseText: "", headers: {}, error: null, durationMs: 1, signedWith: [] };
    const answer = { executionId: id, attemptId: again!.attemptId, ...taken, accepted: true, retryAfterMs: null };
    expect(await closeAttempts(db, [answer])).toEqual([again!.attemptId]);
    const attempts = async () =>
      (await listAttempts(db, id, anybody, { limit: 10 })).map(({ error, endedAt }) =>
        endedAt === null ? "awaited" : error,
      );
    expect(await interruptedCallbacks(db, { olderThanMs: 3_600_000, newerThanMs: null, limit: 10 })).toEqual([]);
    expect(await attempts()).toEqual([null, "awaited"]);
    await service.poll(0);
    await expect.poll(attempts, { timeout: 20_000 }).toEqual([null, "Interrupted"]);
    expect(await callbackJobs(service.database)).toEqual([]);
  });
});

/** Ends executions, leaves their callbacks undelivered and polls for them. */
async function start(create: () => Promise<TestDatabase>) {
  const stack = new AsyncDisposableStack();
  const { options } = stack.use(await create());
  const database = stack.use(await connectDatabase(options));
  const maxSeconds = { executions: 3600, sweeps: 3600, callbacks: 3600 };
  const queue = stack.use(await startQueue({ database, log: silent, maxSeconds, works: false }));
  const signals = stack.use(await startSignals(database, silent));
  const lifecycle = createLifecycle({
    database,
    queue,
    signals,
    limits: null,
    worker: null,
    reserve: () => null,
    observer: noopObserver,
    log: silent,
  });
  return {
    database,
    signals,
    async poll(afterMs: number) {
      stack.use(await startInterruptedCallbacks({ database, queue, signals, log: silent, afterMs }));
    },
    /** Ends an execution and opens its first delivery attempt. */
    async end() {
      await lifecycle.submit({ ...submission, callbackUrl: "http://receiver.test/", key: null });
      const [job] = (await queue.take("executions", { max: 1 })).jobs;
      const { id, attempt } = (await lifecycle.start(job!))!;
      const outcome = { status: "completed", result: '{"strategy":"S"}', series: Buffer.from("{}") } as const;
      await lifecycle.settle({ id, attempt, outcome, opensDelivery: true, job: job!, callback: null });
      return id;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The executions that have callback jobs. */
async function callbackJobs({ db }: Database): Promise<unknown[]> {
  const { rows } = await bossStatements(db).executeSql(
    "select (data ->> 'execution_id')::int as id from pgboss.job where name = 'callbacks'",
  );
  return rows.map((row) => (row as { id: number }).id);
}
