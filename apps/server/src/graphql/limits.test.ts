import { once } from "node:events";
import { request } from "node:http";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { getIntrospectionQuery } from "graphql";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readConfig } from "../config.ts";
import { ask, followOverWebSocket, type GraphqlResult, post } from "../testing/graphql-client.ts";
import { isBackground } from "../testing/background.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import { limits } from "./limits.ts";

let database: TestDatabase;
let app: TestApp;
let statements = 0;
beforeAll(async () => {
  database = await createTestDatabase("postgres");
  app = await startTestApp(
    { ...database.options, onStatement: (statement) => (statements += Number(!isBackground(statement))) },
    { graphiql: false, engine: { works: false } },
  );
});
beforeEach(() => {
  statements = 0;
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, n) => `a${n}: prices { rows }`).join(" ")} }`;
const tokens = (count: number) =>
  `mutation { executeStrategy(input: { strategyName: "Nope", parameters: { a: [${"1 ".repeat(count - 24)}] } }) { __typename } }`;
const steps = ["executions(first: 1)", "edges", "node", "strategyDetails"];
const depth = (levels: number) => {
  let selection = "__typename";
  for (let level = levels - 1; level > 0; level -= 1)
    selection = `${steps[(level - 1) % steps.length]} { ${selection} }`;
  return `{ ${selection} }`;
};
const cost = "query ($n: Int) { executions(first: $n) { edges { node { series { __typename } } } } }";

const excesses = [
  ["tokens", tokens(limits.tokens + 1), {}, "GRAPHQL_PARSE_FAILED"],
  ["aliases", aliases(limits.aliases + 1), {}, "GRAPHQL_VALIDATION_FAILED"],
  ["depth", depth(limits.depth + 1), {}, "QUERY_DEPTH"],
  ["cost", cost, { n: 100 }, "QUERY_COMPLEXITY"],
] as const;

describe("GraphQL limits", () => {
  it.each(excesses)("refuse excess %s before any data is read", async (_what, query, variables, code) => {
    const response = await post(app.address, query, variables);
    expect(response.status).toBe(400);
    const { data, errors } = (await response.json()) as GraphqlResult;
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions?.["code"]).toBe(code);
    for await (const received of overWebSocket(query, variables)) expect(received).toContain(code);
    expect(statements).toBe(0);
  });

  it("accept requests within them", async () => {
    for (const [query, variables] of [
      [tokens(limits.tokens), {}],
      [aliases(limits.aliases), {}],
      [depth(limits.depth), {}],
      [cost, { n: 90 }],
    ] as const) {
      expect((await ask(app.address, query, variables)).errors).toBeUndefined();
    }
  });

  it("tell what a request costs, whether it is answered or refused", async () => {
    const told = async (query: string, variables = {}) => (await ask(app.address, query, variables)).extensions;
    expect(await told("{ __typename }")).toEqual({ cost: { requested: 1, limit: limits.cost } });
    // A page, and for each of its elements a series with the name of its type, the edge and the node.
    expect(await told(cost, { n: 10 })).toEqual({ cost: { requested: 1 + 10 * 103, limit: limits.cost } });
    expect(await told(cost, { n: 100 })).toEqual({ cost: { requested: 1 + 100 * 103, limit: limits.cost } });
    const { errors } = await ask(app.address, cost, { n: 100 });
    expect(errors?.[0]?.message).toBe("Query complexity of 10301 exceeds max complexity of 10000");
    const [overSocket] = await Array.fromAsync(followOverWebSocket(app.address, cost, { n: 10 }));
    expect(overSocket?.extensions).toEqual({ cost: { requested: 1031, limit: limits.cost } });
  });

  it("cannot be bypassed with a second operation or a fragment", async () => {
    const cheapFirst = `query Cheap { __typename } ${cost.replace("query", "query Costly")}`;
    const response = await fetch(`${app.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: cheapFirst, operationName: "Costly", variables: { n: 100 } }),
    });
    expect(((await response.json()) as GraphqlResult).errors?.[0]?.extensions?.["code"]).toBe("QUERY_COMPLEXITY");
    const spread = `{ executions(first: 100) { edges { ...E } } } fragment E on ExecutionEdge { node { series { __typename } } }`;
    expect((await ask(app.address, spread)).errors?.[0]?.extensions?.["code"]).toBe("QUERY_COMPLEXITY");
    const subscription = `subscription { executions { ... on FeedEvent { event { execution { strategyDetails { executions(first: 500) { edges { node { series { __typename } } } } } } } } } }`;
    expect((await ask(app.address, subscription)).errors?.[0]?.extensions?.["code"]).toBe("QUERY_COMPLEXITY");
  });

  it("accept bodies of 1 MB, with and without a length", async () => {
    const body = (length: number) => JSON.stringify({ query: "{ __typename }" }).padEnd(length);
    const statusOf = (init: RequestInit) =>
      fetch(`${app.address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        ...init,
      }).then(({ status }) => status);
    expect(await statusOf({ body: body(limits.bodyBytes) })).toBe(200);
    expect(await statusOf({ body: body(limits.bodyBytes + 1) })).toBe(413);
    const chunked = (length: number) => ({ body: new Blob([body(length)]).stream(), duplex: "half" as const });
    expect(await statusOf(chunked(limits.bodyBytes))).toBe(200);
    expect(await statusOf(chunked(limits.bodyBytes + 1))).toBe(413);
  });

  it("accept only JSON, which pages of other sites cannot send without a preflight", async () => {
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "application/graphql",
      "multipart/form-data",
    ]) {
      const response = await fetch(`${app.address}/graphql`, {
        method: "POST",
        headers: { "content-type": type },
        body: "query={__typename}",
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: `Send the body with Content-Type: application/json, not ${type}`,
            extensions: { code: "BAD_REQUEST", fields: [] },
          },
        ],
      });
    }
    const mutation = encodeURIComponent('mutation { cancelExecution(id: "1") { __typename } }');
    expect((await fetch(`${app.address}/graphql?query=${mutation}`)).status).toBe(405);
  });
});

describe("GraphiQL switched off", () => {
  it("serves no page and forbids introspection", async () => {
    const page = await fetch(`${app.address}/graphql`, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type") ?? "").not.toContain("text/html");
    expect((await fetch(`${app.address}/graphql/graphiql/graphiql.js`)).status).toBe(404);
    const { data, errors } = await ask(app.address, getIntrospectionQuery());
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain("introspection");
    expect((await ask(app.address, "{ __typename }")).data).toEqual({ __typename: "Query" });
  });

  it.each([
    [{}, true],
    [{ MODE: "production" }, false],
    [{ HOST: "0.0.0.0", AUTH: "off" }, false],
    [{ MODE: "production", GRAPHIQL: "on" }, true],
    [{ GRAPHIQL: "off" }, false],
  ])("is what %o means", (environment, graphiql) => {
    expect(readConfig(environment).graphiql).toBe(graphiql);
  });
});

describe("WebSockets", () => {
  it("are accepted from programs and from pages of this server, not from other sites", async () => {
    const { host } = new URL(app.address);
    expect(await opening({})).toBe(101);
    expect(await opening({ origin: `http://${host}` })).toBe(101);
    expect(await opening({ origin: "http://elsewhere.example" })).toBe(403);
    expect(await opening({ origin: "null" })).toBe(403);
    expect(await opening({}, "/graphql/")).toBe(101);
    expect(await opening({}, "/elsewhere")).toBe(404);
  });

  it("accept messages of 1 MB", async () => {
    const socket = new WebSocket(`${app.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    await once(socket, "open");
    socket.send("x".repeat(limits.bodyBytes + 1));
    const [code] = await once(socket, "close");
    expect(code).toBe(1009);
  });

  it("answer queries and mutations too", async () => {
    const results = await Array.fromAsync(followOverWebSocket(app.address, "{ strategies { name } }"));
    expect(results[0]?.data.strategies).toContainEqual({ name: "BoldAssetAllocation" });
  });
});

/** The response to a request over a WebSocket, as text. */
async function* overWebSocket(query: string, variables: Record<string, unknown>): AsyncGenerator<string> {
  const client = createClient({ url: `${app.address.replace("http", "ws")}/graphql`, retryAttempts: 0 });
  try {
    for await (const result of client.iterate({ query, variables })) yield JSON.stringify(result);
  } catch (errors) {
    yield JSON.stringify(errors);
  } finally {
    await client.dispose();
  }
}

/** The HTTP status that answers a WebSocket handshake. */
async function opening(headers: Record<string, string>, path = "/graphql"): Promise<number | undefined> {
  const asked = request(`${app.address}${path}`, {
    headers: {
      ...headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-protocol": "graphql-transport-ws",
    },
  }).end();
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  asked.on("response", (response) => resolve(response.statusCode));
  asked.on("upgrade", (response, socket) => {
    socket.destroy();
    resolve(response.statusCode);
  });
  return promise;
}
