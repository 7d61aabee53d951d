import { bossStatements, connectDatabase, type Database } from "@strategy-executor/db";
import { describeDatabases } from "@strategy-executor/db/testing";
import { packSeries } from "@strategy-executor/db/series";
import { expect, it } from "vitest";
import { startSignals } from "../live/signals.ts";
import type { Log } from "../log.ts";
import { startInterruptedCallbacks } from "./interrupted-callbacks.ts";
import { createLifecycle } from "./lifecycle.ts";
import { nobody } from "./observer.ts";
import { startQueue } from "./queue.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const submission = { client: "local", strategy: "S", version: "1", parameters: {}, executionParameters: {} };

describeDatabases("a callback whose first attempt got no answer on record", (create) => {
  it("is queued once, however many look, and not before it must have ended", async () => {
    await using stack = new AsyncDisposableStack();
    const { options } = stack.use(await create());
    const database = stack.use(await connectDatabase(options));
    const maxSeconds = { executions: 3600, sweeps: 3600, callbacks: 3600 };
    const queue = stack.use(await startQueue({ database, log: silent, maxSeconds, supervise: false }));
    const signals = stack.use(await startSignals(database, silent));
    const lifecycle = createLifecycle({ database, queue, signals, limits: null, observer: nobody, log: silent });
    const look = async (afterMs: number) =>
      stack.use(await startInterruptedCallbacks({ database, queue, signals, log: silent, afterMs }));
    const end = async () => {
      await lifecycle.submit({ ...submission, callbackUrl: "http://receiver.test/" }, null);
      const [job] = (await queue.take("executions", { most: 1 })).jobs;
      const { id, attempt } = (await lifecycle.start(job!))!;
      const outcome = { status: "completed", result: '{"strategy":"S"}', series: packSeries({}) } as const;
      await lifecycle.settle({ id, attempt, outcome, opensDelivery: true, job: job!, callback: null });
      return id;
    };

    await look(3_600_000);
    const told = Promise.withResolvers<void>();
    signals.on(
      "jobs",
      (name) => name === "callbacks" && told.resolve(),
      () => undefined,
    );
    const id = await end();
    expect(await callbackJobs(database)).toEqual([]);
    await Promise.all([look(0), look(0)]);
    await told.promise;
    expect(await callbackJobs(database)).toEqual([id]);
  });
});

/** The executions that there are jobs for. */
async function callbackJobs({ db }: Database): Promise<unknown[]> {
  const { rows } = await bossStatements(db).executeSql(
    "select (data ->> 'execution_id')::int as id from pgboss.job where name = 'callbacks'",
  );
  return rows.map((row) => (row as { id: number }).id);
}
