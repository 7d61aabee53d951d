import { anybody, feedEnd, readFeed, writeProgress } from "@strategy-executor/db";
import {
  describeDatabases,
  insertExecution,
  settleExecution,
  startExecution,
  type TestDatabase,
} from "@strategy-executor/db/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ask, type Data, type Follow, follows, type Variables } from "../../testing/graphql-client.ts";
import { startTcpProxy } from "../../testing/tcp-proxy.ts";
import { startTestApp, type TestApp } from "../../testing/test-app.ts";
import { startTestServer } from "../../testing/test-server.ts";

const executionEvents = `subscription ($id: ID!, $after: Int) { executionEvents(id: $id, after: $after) {
  type: __typename
  ... on ExecutionEvent { executionId strategy number status at execution { status } }
  ... on ExecutionProgress { executionId fraction phase }
  ... on DomainError { code message fields { path } }
} }`;

const feed = `subscription ($after: String, $filter: ExecutionFeedFilter) { executions(after: $after, filter: $filter) {
  type: __typename
  ... on FeedStart { cursor }
  ... on FeedEvent { cursor event { executionId number status } }
  ... on DomainError { code message fields { path } }
} }`;

describeDatabases("GraphQL subscriptions", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    // Under test Yoga sends a heartbeat every 300 ms, which would detect a departed client by itself.
    vi.stubEnv("NODE_ENV", "production");
    database = await create();
    app = await startTestApp(database.options, { streamsPerClient: 3 });
  });
  afterEach(async () => {
    await vi.waitUntil(() => app.ctx.events.size === 0);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });

  describe.each(follows)("over $name", ({ follow }) => {
    it("follow an execution to its end, and resume from any event", async () => {
      const id = await submit(1);
      const events = (await Array.fromAsync(elements(follow, executionEvents, { id }))).filter(isEvent);
      expect(events.map(({ number, status }) => `${number} ${status}`)).toEqual([
        "1 PENDING",
        "2 RUNNING",
        "3 COMPLETED",
      ]);
      expect(events[0]).toMatchObject({ executionId: id, strategy: "Slow", at: expect.stringMatching(/T.*\.\d{3}Z$/) });
      expect(events[2].execution.status).toBe("COMPLETED");
      for (const after of [0, 1, 2, 3, 4]) {
        const rest = await Array.fromAsync(elements(follow, executionEvents, { id, after }));
        expect(rest.map(({ number }) => number)).toEqual([1, 2, 3].slice(after));
      }
    });

    it("report progress, and resolve linked fields to the state at that moment", async () => {
      const { db } = app.ctx.database;
      const execution = {
        client: "local",
        strategy: "Slow",
        version: "1",
        parameters: {},
        executionParameters: {},
        callbackUrl: null,
      };
      const id = await insertExecution(db, execution);
      const updates = elements(follow, executionEvents, { id });
      const next = async () => (await updates.next()).value;
      expect(await next()).toMatchObject({ number: 1, execution: { status: "PENDING" } });
      await startExecution(db, id);
      app.signals.send("events", String(id));
      expect(await next()).toMatchObject({ number: 2, execution: { status: "RUNNING" } });
      for (const fraction of [0.25, 0.5]) {
        await writeProgress(db, id, 1, { fraction, phase: "backtest" });
        app.signals.send("events", String(id));
        const received = { type: "ExecutionProgress", executionId: String(id), fraction, phase: "backtest" };
        expect(await next()).toEqual(received);
      }
      const { data } = await ask(
        app.address,
        "query ($id: ID!) { execution(id: $id) { ... on Execution { progress { fraction phase } } } }",
        { id },
      );
      expect(data.execution.progress).toEqual({ fraction: 0.5, phase: "backtest" });
      await settleExecution(db, id, 1, { status: "failed", errorMessage: "Enough" });
      app.signals.send("events", String(id));
      expect(await next()).toMatchObject({ number: 3, status: "FAILED", execution: { status: "FAILED" } });
      expect(await next()).toBeUndefined();
    });

    it("return a refusal as the last element", async () => {
      const refusals = (query: string, variables: Variables) => Array.fromAsync(elements(follow, query, variables));
      expect(await refusals(executionEvents, { id: 999_999 })).toEqual([
        { type: "DomainError", code: "NOT_FOUND", message: "There is no execution 999999", fields: [] },
      ]);
      expect(await refusals(executionEvents, { id: 1, after: -1 })).toMatchObject([
        { code: "INVALID", fields: [{ path: "after" }] },
      ]);
      expect(await refusals(feed, { after: "nonsense" })).toMatchObject([
        { code: "INVALID", message: "after: is not a cursor of this feed", fields: [{ path: "after" }] },
      ]);
    });

    it("feed the events of all executions from now on, or of those that match the filter", async () => {
      // The feed waits for every open transaction of the database server, those of other tests included.
      const { db } = app.ctx.database;
      await vi.waitUntil(async () => !(await readFeed(db, await feedEnd(db), { owner: anybody }, 1)).pending, {
        timeout: 30_000,
      });
      const all = elements(follow, feed);
      const ends = elements(follow, feed, { filter: { strategy: "Slow", status: "COMPLETED" } });
      const { value: start } = await all.next();
      expect([start, (await ends.next()).value]).toEqual([
        { type: "FeedStart", cursor: expect.any(String) },
        { type: "FeedStart", cursor: expect.any(String) },
      ]);
      const id = await submit(1);
      const { value: end } = await ends.next();
      expect(end).toMatchObject({
        type: "FeedEvent",
        event: { executionId: id, number: 3, status: "COMPLETED" },
      });
      const seen = [];
      for await (const { event } of all) if (seen.push(`${event.executionId}:${event.number}`) === 3) break;
      expect(seen).toEqual([1, 2, 3].map((number) => `${id}:${number}`));
      await ends.return();
    });

    it("deliver every event once and in order to a client that is cut off repeatedly", async () => {
      await using proxy = await startTcpProxy(app.address);
      const first = elements(follow, feed);
      let after: string = (await first.next()).value.cursor;
      await first.return();
      const ids: string[] = [];
      const submitting = (async () => {
        for (let count = 0; count < 12; count += 1) ids.push(await submit(1));
      })();
      const seen: { executionId: string; number: number; status: string }[] = [];
      const isDone = () => seen.filter(({ status }) => status === "COMPLETED").length === 12;
      let cuts = 0;
      while (!isDone()) {
        try {
          for await (const { cursor, event } of elements(follow, feed, { after }, proxy.url)) {
            // The slot of the cut connection may not be free yet.
            if (event === undefined) break;
            after = cursor;
            seen.push(event);
            if (seen.length % 5 === 4) cuts += proxy.cut();
            if (isDone()) break;
          }
        } catch {
          // Cut off: resume after the last known event.
        }
      }
      await submitting;
      expect(cuts).toBeGreaterThan(3);
      expect(new Set(seen.map(({ executionId }) => executionId))).toEqual(new Set(ids));
      for (const id of ids) {
        const own = seen.filter(({ executionId }) => executionId === id);
        // At least pending, running and completed.
        expect(own.length).toBeGreaterThanOrEqual(3);
        expect(own.map(({ number }) => number)).toEqual(own.map((_, index) => index + 1));
      }
    });

    it("release everything when the client disconnects while idle", async () => {
      const open = [elements(follow, feed), elements(follow, feed), elements(follow, feed)];
      for (const stream of open) expect((await stream.next()).value.type).toBe("FeedStart");
      await expect.poll(() => app.ctx.events.size).toBe(3);
      const [refusal] = await Array.fromAsync(elements(follow, feed));
      expect(refusal).toMatchObject({ code: "TOO_MANY_REQUESTS" });
      for (const stream of open) await stream.return();
      await expect.poll(() => app.ctx.events.size).toBe(0);
      const again = elements(follow, feed);
      expect((await again.next()).value.type).toBe("FeedStart");
      await again.return();
    });

    it("abort rather than complete when the server stops, so that the client reconnects", async () => {
      await using other = await create();
      const server = await startTestServer(other.options, { ROLE: other.kind === "postgres" ? "api" : "all" });
      const stream = elements(follow, feed, {}, server.address);
      expect((await stream.next()).value.type).toBe("FeedStart");
      const next = stream.next().then(
        () => "ended",
        () => "broken off",
      );
      await server[Symbol.asyncDispose]();
      expect(await next).toBe("broken off");
    });
  });

  async function* elements(
    follow: Follow,
    query: string,
    variables: Variables = {},
    address = app.address,
  ): AsyncGenerator<Data, void, undefined> {
    for await (const { data, errors } of follow(address, query, variables)) {
      if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join("; "));
      yield data.executionEvents ?? data.executions;
    }
  }

  async function submit(milliseconds: number): Promise<string> {
    const { data } = await ask(
      app.address,
      `mutation ($input: ExecuteStrategyInput!) { executeStrategy(input: $input) { ... on ExecutionAccepted { executionId } } }`,
      { input: { strategyName: "Slow", parameters: { milliseconds } } },
    );
    return data.executeStrategy.executionId;
  }
});

function isEvent({ type }: Data): boolean {
  return type === "ExecutionEvent";
}
