import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, follows } from "../testing/graphql-client.ts";
import { startTcpProxy } from "../testing/tcp-proxy.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

const execute = `mutation ($input: ExecuteStrategyInput!) { executeStrategy(input: $input) {
  type: __typename
  ... on ExecutionAccepted { executionId status message callbackUrl execution { executionId executionParameters } }
  ... on DomainError { code message fields { path message } }
} }`;

describeDatabases("GraphQL mutations", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { engine: { works: false } });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("link the acceptance to the execution, and treat null as absent", async () => {
    const input = { strategyName: "MovingAverageCrossover", parameters: null, callbackUrl: null };
    const { data } = await ask(app.address, execute, { input });
    expect(data.executeStrategy).toEqual({
      type: "ExecutionAccepted",
      executionId: expect.stringMatching(/^\d+$/),
      status: "PENDING",
      message: "Strategy execution started",
      callbackUrl: null,
      execution: {
        executionId: data.executeStrategy.executionId,
        executionParameters: expect.objectContaining({ initial_capital: expect.any(Number) }),
      },
    });
  });

  it("keep JSON literals in the document unchanged", async () => {
    const { data } = await ask(
      app.address,
      `mutation ($n: JSON) { executeStrategy(input: {
        strategyName: "Slow", parameters: { camelCase: { snake_case: [1, 2.5, null, true, "텍스트"] }, given: $n, e: ENUM }
      }) { ... on ExecutionAccepted { execution { executionParameters } } } }`,
      { n: { deep: [{ callback_url: 1 }] } },
    );
    expect(data.executeStrategy.execution.executionParameters).toEqual({
      camelCase: { snake_case: [1, 2.5, null, true, "텍스트"] },
      given: { deep: [{ callback_url: 1 }] },
      e: "ENUM",
    });
  });

  it("return refusals as values, with the caller's field names", async () => {
    const refused = async (input: object) => (await ask(app.address, execute, { input })).data.executeStrategy;
    expect(await refused({ strategyName: "Slow", callbackUrl: "ftp://h" })).toEqual({
      type: "DomainError",
      code: "INVALID",
      message: expect.stringMatching(/^input\.callbackUrl: /),
      fields: [{ path: "input.callbackUrl", message: expect.any(String) }],
    });
    expect(await refused({ strategyName: "Slow", callbackFormat: "SLACK" })).toEqual({
      type: "DomainError",
      code: "INVALID",
      message: "input.callbackFormat: needs a callbackUrl",
      fields: [{ path: "input.callbackFormat", message: "needs a callbackUrl" }],
    });
    expect(await refused({ strategyName: "Slow", parameters: [1] })).toMatchObject({
      code: "INVALID",
      message: expect.stringMatching(/^input\.parameters: /),
      fields: [{ path: "input.parameters" }],
    });
    const deep = JSON.parse(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`);
    expect(await refused({ strategyName: "Slow", parameters: deep })).toMatchObject({ code: "INVALID" });
    const { data } = await ask(
      app.address,
      `mutation { importPrices(input: { csv: "date,close\\n" }) { ... on DomainError { code } } }`,
    );
    expect(data.importPrices).toEqual({ code: "INVALID" });
  });
});

describe("GraphQL errors", () => {
  let database: TestDatabase;
  let app: TestApp;
  let logged: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase("postgres");
    const error = (fields: object, message: string) => {
      const { err } = fields as { err: Error };
      logged.push(`${message}: ${err.message} ${String(err.cause)}`);
    };
    app = await startTestApp(database.options, {
      log: { debug() {}, info() {}, warn() {}, error },
      engine: { works: false },
    });
  });
  beforeEach(() => {
    logged = [];
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it.each([
    [{ filter: { status: "DONE" } }, "filter.status"],
    [{ filter: { status: ["COMPLETED", "completed"] } }, "filter.status.1"],
    [{ first: "many" }, "first"],
    [{ first: 1.5, after: 7 }, "first"],
    [{ filter: { colour: "red" } }, "filter"],
  ])("reject variables of the wrong type: %o", async (variables, path) => {
    const query = `query ($first: Int, $after: String, $filter: ExecutionFilter) {
      executions(first: $first, after: $after, filter: $filter) { edges { cursor } }
    }`;
    const { data, errors } = await ask(app.address, query, variables);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toMatch(new RegExp(`^${path}: `));
    const fields = expect.arrayContaining([{ path, message: expect.any(String) }]);
    expect(errors?.[0]?.extensions).toEqual({ code: "INVALID", fields });
    expect(logged).toEqual([]);
  });

  it("explain an invalid request", async () => {
    for (const [query, message] of [
      ["{", "Syntax Error"],
      ["{ nothing }", "Cannot query field"],
      ["query ($x: Int!) { executions(first: $x) { edges { cursor } } }", "$x"],
    ] as const) {
      expect((await ask(app.address, query)).errors?.[0]?.message).toContain(message);
    }
    const response = await fetch(`${app.address}/graphql?query={__typename}&variables={bad`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining("invalid JSON") }] });
    expect(logged).toEqual([]);
  });

  describe("of the server", () => {
    beforeAll(() => app.ctx.database.db.execute("alter table execution_events rename column number to lost"));

    it("are masked in responses, and logged", async () => {
      const { errors } = await ask(app.address, execute, { input: { strategyName: "Slow" } });
      expect(errors).toMatchObject([
        { message: "The server failed to answer this request", extensions: { code: "INTERNAL_SERVER_ERROR" } },
      ]);
      expect(JSON.stringify(errors)).not.toContain("number");
      expect(logged.join()).toContain('column "number"');
    });

    it.each(follows)("are masked in subscriptions over $name, and logged", async ({ follow }) => {
      const query = 'subscription { executions(after: "1-1-1") { ... on FeedEvent { cursor } } }';
      // The WebSocket protocol has its own error message, and its client throws it.
      const received = await Array.fromAsync(follow(app.address, query)).catch((errors: unknown) => [{ errors }]);
      expect(received).toMatchObject([{ errors: [{ message: "The server failed to answer this request" }] }]);
      expect(JSON.stringify(received)).not.toContain("number");
      expect(logged.join()).toContain("number");
      await expect.poll(() => app.ctx.events.size).toBe(0);
    });
  });
});

describe("GraphQL without its database", () => {
  it("reports that it is unavailable, aborts streams so that clients reconnect, and recovers later", async () => {
    await using database = await createTestDatabase("postgres");
    const { databaseUrl } = database.options;
    await using proxy = await startTcpProxy(databaseUrl!);
    const throughProxy = new URL(databaseUrl!);
    throughProxy.port = new URL(proxy.url).port;
    const logged: string[] = [];
    const error = (_fields: object, message: string) => logged.push(message);
    const log = { debug() {}, info() {}, warn() {}, error };
    await using app = await startTestApp({ databaseUrl: throughProxy.href }, { log, engine: { works: false } });
    const feed = "subscription { executions { ... on FeedStart { cursor } ... on FeedEvent { cursor } } }";
    const streams = follows.map(({ follow }) => follow(app.address, feed));
    for (const stream of streams) expect((await stream.next()).value?.data.executions.cursor).toBeTypeOf("string");

    proxy.leadTo(null);
    proxy.cut();
    for (const stream of streams) await expect(stream.next()).rejects.toBeDefined();
    await vi.waitUntil(() => app.ctx.events.size === 0);
    const { data } = await ask(app.address, "{ execution(id: 1) { ... on DomainError { code message } } }");
    const message = "The database cannot be reached at the moment";
    expect(data.execution).toEqual({ code: "UNAVAILABLE", message });
    for (const query of ["{ prices { ticker } }", "{ executions { edges { cursor } } }"]) {
      const { errors } = await ask(app.address, query);
      expect(errors).toMatchObject([{ message, extensions: { code: "UNAVAILABLE", fields: [] } }]);
    }
    expect(logged).not.toContain("request failed");

    proxy.leadTo(databaseUrl!);
    await vi.waitUntil(async () => (await ask(app.address, "{ prices { ticker } }")).errors === undefined, {
      timeout: 10_000,
    });
  });
});
