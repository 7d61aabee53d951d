import { fileURLToPath } from "node:url";
import { bossStatements } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchExecution } from "../operations/executions/watch-execution.ts";
import { feedCursor, watchExecutions } from "../operations/executions/watch-executions.ts";
import { cancelExecution, executeStrategy, getExecution, listDeliveryAttempts } from "../operations/index.ts";
import { startReceiver } from "../testing/receiver.ts";
import { type Service, startService } from "../testing/service.ts";

const strategiesDir = fileURLToPath(new URL("../testing/strategies", import.meta.url));
const options = { strategiesDir, callbackTimeoutMs: 1_000 };

describeDatabases("the engine", (create, kind) => {
  let test: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    test = await create();
    service = await startService(test.options, options);
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("runs accepted executions and POSTs exactly the documented keys to the callback_url", async () => {
    await using receiver = await startReceiver();
    const id = await submit(
      "MovingAverageCrossover",
      { short_window: 10, long_window: 30 },
      `${receiver.url}/callback?a=1`,
    );
    await receiver.arrived(1);
    const [callback] = receiver.received;
    expect(callback?.path).toBe("/callback?a=1");
    expect(callback?.headers).toMatchObject({ "content-type": "application/json", "webhook-id": expect.any(String) });
    expect(Object.keys(callback?.body ?? {})).toEqual([
      "execution_id",
      "strategy",
      "version",
      "status",
      "started_at",
      "completed_at",
      "execution_parameters",
      "result",
    ]);
    expect(callback?.body).toMatchObject({ execution_id: id, strategy: "MovingAverageCrossover", status: "completed" });
    const execution = await getExecution.call(service.ctx, { execution_id: id });
    // The status answer also names what callbacks do not: the contract fixes their keys.
    const { callback: delivery, label, schedule_id, retry_of, kind: what, accepted_at: _, ...rest } = execution;
    expect([label, schedule_id, retry_of, what]).toEqual([null, null, null, "execution"]);
    expect(callback?.body).toEqual(rest);
    expect(delivery?.url).toBe(`${receiver.url}/callback?a=1`);
  });

  it("fails an execution with wrong parameters and notifies the receiver", async () => {
    await using receiver = await startReceiver();
    const id = await submit("BoldAssetAllocation", { variant: "INVALID" }, receiver.url);
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toEqual({
      execution_id: id,
      strategy: "BoldAssetAllocation",
      version: "1.0.0",
      status: "failed",
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      execution_parameters: { variant: "INVALID" },
      error_message: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
    });
  });

  it("drains a burst without a pause and loses none", async () => {
    await using receiver = await startReceiver();
    // More than the number of slots.
    const length = 200;
    const ids = await Promise.all(
      Array.from({ length }, () => submit("BoldAssetAllocation", { variant: "INVALID" }, receiver.url)),
    );
    await receiver.arrived(length);
    const called = receiver.received.map(({ body }) => body.execution_id);
    expect(new Set(called)).toEqual(new Set(ids));
    expect(called).toHaveLength(length);
    // Finished jobs leave no rows in the queue's table.
    const { db } = service.database;
    await expect.poll(() => bossStatements(db).executeSql("select name, state from pgboss.job")).toEqual({ rows: [] });
  });

  it("is not held up by receivers that hang", async () => {
    await using silent = await startReceiver(() => undefined);
    await using quick = await startReceiver();
    const waiting = await Promise.all(
      Array.from({ length: 40 }, () => submit("BoldAssetAllocation", { variant: "SLOW" }, silent.url)),
    );
    await silent.arrived(1);
    await Promise.all(Array.from({ length: 20 }, () => submit("BoldAssetAllocation", { variant: "FAST" }, quick.url)));
    await quick.arrived(20);
    const first = await until(waiting[0]!, ({ callback }) => callback?.response !== null);
    expect(first.callback).toMatchObject({ sent: false, sent_at: null, response: { error: "Timeout after 1 s" } });
    const last = await until(waiting.at(-1)!, ({ callback }) => callback?.response !== null);
    expect(last.callback).toMatchObject({ sent: false, response: { error: "Timeout after 1 s" } });
  });

  it("records any response and attempts once by default", async () => {
    await using refusing = await startReceiver((res) => res.writeHead(501, { "X-Reason": "no" }).end("not here"));
    const id = await submit("BoldAssetAllocation", { variant: "INVALID" }, refusing.url);
    const { callback } = await until(id, (execution) => execution.callback?.response !== null);
    expect(callback).toMatchObject({
      sent: false,
      sent_at: null,
      response: { status_code: 501, response_text: "not here", headers: { "X-Reason": "no" } },
    });
    const { attempts } = await listDeliveryAttempts.call(service.ctx, { execution_id: id });
    expect(attempts).toMatchObject([{ number: 1, response: { status_code: 501 } }]);
  });

  // Elsewhere another process makes the attempt again, after a while.
  it.runIf(kind === "pglite")(
    "ends in time while a receiver does not answer, which gets the callback again",
    async () => {
      await using silent = await startReceiver((res, { headers }) => {
        ids.push(headers["webhook-id"]);
        if (ids.length > 1) res.end();
      });
      const ids: unknown[] = [];
      await service[Symbol.asyncDispose]();
      {
        // Longer than a test may take.
        await using ending = await startService(test.options, { callbackTimeoutMs: 600_000, drainMs: 100 });
        const submission = { strategy_name: "MovingAverageCrossover", callback_url: silent.url };
        await executeStrategy.call(ending.ctx, submission);
        await silent.arrived(1);
      }
      service = await startService(test.options, options);
      await silent.arrived(2);
      expect(ids[1]).toBe(ids[0]);
    },
  );

  it("ends an endless strategy at the time limit while others continue", async () => {
    const endless = await submit("Endless", {}, null, 500);
    const other = await submit("MovingAverageCrossover", {});
    expect(await until(other, isTerminal)).toMatchObject({ status: "completed" });
    expect(await until(endless, isTerminal)).toMatchObject({
      status: "failed",
      error_message: "Time limit of 0.5 s exceeded",
    });
    expect(await until(await submit("MovingAverageCrossover", {}), isTerminal)).toMatchObject({ status: "completed" });
  });

  it.each([
    ["error", "Throwing failed on 2004-01-30: too far"],
    ["text", "Throwing failed on 2004-01-30: a text"],
    ["nothing", "Throwing failed on 2004-01-30: undefined"],
    ["symbol", "Throwing failed on 2004-01-30: Symbol(a sign)"],
    ["unspeakable", "Throwing failed on 2004-01-30: something without a text (object)"],
    ["exit", "The strategy ended its thread"],
  ])("survives a strategy that throws or ends its thread (%s) and tells what happened", async (what, message) => {
    const execution = await until(await submit("Throwing", { what }), isTerminal);
    expect(execution.status).toBe("failed");
    expect(execution.error_message).toContain(message);
  });

  it("cancels pending and running executions at once, frees the thread and notifies the receiver", async () => {
    await using receiver = await startReceiver();
    // There is one thread.
    const running = await submit("Endless", {}, receiver.url);
    await until(running, ({ status }) => status === "running");
    const waiting = await submit("Endless", {}, receiver.url);
    for (const id of [running, waiting]) {
      const cancelled = await cancelExecution.call(service.ctx, { execution_id: id });
      expect(cancelled).toMatchObject({
        status: "cancelled",
        error_message: "Cancelled",
        completed_at: expect.any(String),
      });
    }
    await receiver.arrived(2);
    expect(new Set(receiver.received.map(({ body }) => [body.execution_id, body.status].join(" ")))).toEqual(
      new Set([running, waiting].map((id) => `${id} cancelled`)),
    );
    expect(await until(await submit("MovingAverageCrossover", {}), isTerminal)).toMatchObject({ status: "completed" });
    await expect(cancelExecution.call(service.ctx, { execution_id: waiting })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(cancelExecution.call(service.ctx, { execution_id: 999_999 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("streams an execution from its first event to its last, and resumes after any event", async () => {
    const id = await submit("MovingAverageCrossover", {});
    const { signal } = new AbortController();
    const followed = await Array.fromAsync(watchExecution(service.ctx, { execution_id: id, after: 0 }, signal));
    const events = followed.flatMap((update) => (update.kind === "event" ? [update.event] : []));
    expect(events.map(({ number, status }) => `${number} ${status}`)).toEqual([
      "1 pending",
      "2 running",
      "3 completed",
    ]);
    for (const after of [0, 1, 2, 3, 4]) {
      const rest = await Array.fromAsync(watchExecution(service.ctx, { execution_id: id, after }, signal));
      expect(rest.map((update) => (update.kind === "event" ? update.event.number : 0))).toEqual([1, 2, 3].slice(after));
    }
    const unknown = watchExecution(service.ctx, { execution_id: 999_999, after: 0 }, signal).next();
    await expect(unknown).rejects.toMatchObject({ code: "not_found" });
    expect(service.ctx.events.size).toBe(0);
  });

  it("reports the progress of a running execution, live and in its state, until it ends", async () => {
    const id = await submit("Unhurried", { end_date: "2008-12-31" });
    const fractions: number[] = [];
    const asked: (number | undefined)[] = [];
    for await (const update of watchExecution(
      service.ctx,
      { execution_id: id, after: 0 },
      new AbortController().signal,
    )) {
      if (update.kind === "event") continue;
      expect(update).toMatchObject({ execution_id: id, progress: { phase: "backtest" } });
      fractions.push(update.progress.fraction);
      asked.push((await getExecution.call(service.ctx, { execution_id: id })).progress?.fraction);
    }
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(asked[0]).toBeGreaterThanOrEqual(fractions[0]!);
    expect(await getExecution.call(service.ctx, { execution_id: id })).not.toHaveProperty("progress");
  });

  it("feeds the events of all executions to reconnecting readers, each once and in order", async () => {
    const seen: { readonly id: number; readonly number: number; readonly status: string }[] = [];
    const count = 60;
    const haveEnded = () => seen.filter(({ status }) => status === "failed").length === count;
    // Any open transaction on the same server holds back the events of earlier tests.
    const before = await submit("BoldAssetAllocation", { variant: "X" });
    await until(before, isTerminal);
    let cursor = (await feedCursor(service.ctx)) as string | undefined;
    const following = (async () => {
      while (!haveEnded()) {
        let taken = 0;
        const feed = watchExecutions(service.ctx, { after: cursor }, new AbortController().signal);
        for await (const { cursor: reached, event } of feed) {
          cursor = reached;
          if (event.execution_id <= before) continue;
          seen.push({ id: event.execution_id, number: event.number, status: event.status });
          taken += 1;
          if (taken === 7 || haveEnded()) break;
        }
      }
    })();
    const ids: number[] = [];
    while (ids.length < count) ids.push(await submit("BoldAssetAllocation", { variant: "X" }));
    await following;
    for (const id of ids) {
      const own = seen.filter((event) => event.id === id);
      expect(own.map(({ number }) => number)).toEqual(own.map((_, index) => index + 1));
      // On a busy machine one may wait for a thread for too long and be returned to the queue.
      const statuses = own.map(({ status }) => status).join(" ");
      expect(statuses).toMatch(/^(?:pending running )+failed$/);
    }
    expect(service.ctx.events.size).toBe(0);
  });

  async function submit(
    strategy_name: string,
    parameters: object,
    callback_url: string | null = null,
    time_limit_ms: number | null = null,
  ): Promise<number> {
    const submission = { strategy_name, parameters, callback_url, time_limit_ms };
    const accepted = await executeStrategy.call(service.ctx, submission);
    return accepted.execution_id;
  }

  type State = Awaited<ReturnType<typeof getExecution.run>>;

  function isTerminal({ status }: State): boolean {
    return status !== "pending" && status !== "running";
  }

  async function until(id: number, holds: (execution: State) => boolean): Promise<State> {
    let execution = await getExecution.call(service.ctx, { execution_id: id });
    await expect
      .poll(
        async () => {
          execution = await getExecution.call(service.ctx, { execution_id: id });
          return holds(execution);
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(true);
    return execution;
  }
});
