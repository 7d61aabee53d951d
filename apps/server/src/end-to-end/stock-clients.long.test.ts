import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { cacheExchange, createRequest, Client as UrqlClient, fetchExchange } from "@urql/core";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { EventSource } from "eventsource";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { newClient } from "../testing/api-keys.ts";
import { startServerProcess } from "../testing/server-process.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import type { AppRouter } from "../trpc/router.ts";

const run = promisify(execFile);
const events = `subscription ($id: ID!, $after: Int) { executionEvents(id: $id, after: $after) {
  __typename ... on ExecutionEvent { number status }
} }`;
const numbers = ["pending", "running", "completed"].map((status, i) => `${i + 1} ${status}`);
const inGraphql = numbers.map((text) => text.toUpperCase());

let database: TestDatabase;
let app: TestApp;
let guarded: TestApp;
let guardedDatabase: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase("pglite");
  app = await startTestApp(database.options);
  guardedDatabase = await createTestDatabase("pglite");
  guarded = await startTestApp(guardedDatabase.options, { auth: "on" });
});
afterAll(async () => {
  for (const part of [app, guarded, database, guardedDatabase]) await part[Symbol.asyncDispose]();
});

describe("Apollo Client", () => {
  const client = () =>
    new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.from([new HttpLink({ uri: `${app.address}/graphql` })]),
    });

  it("queries, and subscribes over HTTP", async () => {
    const apollo = client();
    const { data } = await apollo.query<{ strategies: { name: string }[] }>({ query: gql("{ strategies { name } }") });
    expect(data?.strategies.length).toBeGreaterThan(0);
    const seen = collector();
    const id = await submit(app.address);
    await new Promise<void>((resolve, reject) => {
      apollo.subscribe({ query: gql(events), variables: { id: String(id) } }).subscribe({
        next: (result) => seen.add(result.data),
        error: reject,
        complete: resolve,
      });
    });
    expect(seen.list).toEqual(inGraphql);
    apollo.stop();
  });
});

describe("urql", () => {
  it.each([
    ["as it comes", {}],
    ["with multipart/mixed alone", { headers: { accept: "multipart/mixed, application/json" } }],
  ])("queries, and subscribes over HTTP, %s", async (_name, fetchOptions) => {
    const urql = new UrqlClient({
      url: `${app.address}/graphql`,
      exchanges: [cacheExchange, fetchExchange],
      fetchSubscriptions: true,
      preferGetMethod: false,
      fetchOptions,
    });
    const { data } = await urql.query("{ strategies { name } }", {}).toPromise();
    expect(data.strategies.length).toBeGreaterThan(0);
    const id = String(await submit(app.address));
    const seen = collector();
    await new Promise<void>((resolve, reject) => {
      urql.executeSubscription(createRequest(events, { id })).subscribe((result) => {
        if (result.error) reject(result.error);
        seen.add(result.data);
        if (seen.list.length === numbers.length) resolve();
      });
    });
    expect(seen.list).toEqual(inGraphql);
  });
});

describe("graphql-ws", () => {
  it.each([
    ["connectionParams.authorization", (authorization: string) => ({ authorization })],
    ["connectionParams.headers.Authorization", (Authorization: string) => ({ headers: { Authorization } })],
  ])("shows its key in %s", async (_name, paramsOf) => {
    const { key } = await newClient(guarded.ctx.database.db).key(["read"]);
    const ask = async (authorization: string) => {
      const client = createWsClient({
        url: `${guarded.address.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: paramsOf(authorization),
      });
      try {
        return await Array.fromAsync(client.iterate({ query: "{ strategies { name } }" }));
      } finally {
        await client.dispose();
      }
    };
    expect(await ask(`Bearer ${key}`)).toMatchObject([{ data: { strategies: expect.any(Array) } }]);
    await expect(ask("Bearer sx_wrong")).rejects.toMatchObject({ code: 4401 });
  });
});

describe("graphql-sse", () => {
  it("subscribes over distinct connections, and is told that there is no other mode", async () => {
    const id = String(await submit(app.address));
    const follow = async (singleConnection: boolean) => {
      const client = createSseClient({ url: `${app.address}/graphql`, retryAttempts: 0, singleConnection });
      const seen = collector();
      await new Promise<void>((complete, error) => {
        client.subscribe({ query: events, variables: { id } }, { next: ({ data }) => seen.add(data), error, complete });
      });
      return seen.list;
    };
    expect(await follow(false)).toEqual(inGraphql);
    await expect(follow(true)).rejects.toThrow("405: Method Not Allowed, set singleConnection to false");
  });
});

describe("clients that subscribe again by themselves", () => {
  it.each(["graphql-ws", "graphql-sse"])("%s resumes over a kill when it passes extensions.after", async (name) => {
    await using own = await createTestDatabase("pglite");
    const started = await startServerProcess(own.options);
    const { port } = new URL(started.url);
    const id = String(await submit(started.url, { milliseconds: 8_000 }));
    const request = { query: events, variables: { id, after: 0 } };
    const retries = {
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => new Promise<void>((resolve) => setTimeout(resolve, 100)),
    };
    const client =
      name === "graphql-ws"
        ? createWsClient({
            ...retries,
            url: `ws://localhost:${port}/graphql`,
            webSocketImpl: WebSocket,
            shouldRetry: () => true,
          })
        : createSseClient({ ...retries, url: `http://localhost:${port}/graphql` });
    const seen = collector();
    const running = Promise.withResolvers<void>();
    const ended = new Promise<void>((resolve, reject) => {
      client.subscribe<Record<string, unknown>, { after?: number }>(request, {
        next({ data, extensions }) {
          request.variables.after = extensions?.after ?? request.variables.after;
          seen.add(data);
          if (seen.list.length === 2) running.resolve();
        },
        error: reject,
        complete: resolve,
      });
    });
    await running.promise;
    await started.end("SIGKILL");
    await using _again = await startServerProcess(own.options, { PORT: port });
    await ended;
    // The second attempt is an event of its own.
    expect(seen.list).toEqual(["1 PENDING", "2 RUNNING", "3 RUNNING", "4 COMPLETED"]);
    await client.dispose();
  });
});

describe("@trpc/client", () => {
  it("queries, submits, batches and subscribes", async () => {
    const url = `${app.address}/trpc`;
    const client = createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === "subscription",
          true: httpSubscriptionLink({ url, EventSource }),
          false: httpBatchLink({ url, maxItems: 10 }),
        }),
      ],
    });
    const [{ strategies }, { execution_id }] = await Promise.all([
      client.listStrategies.query({}),
      client.executeStrategy.mutate({ strategy_name: "Slow", parameters: { milliseconds: 1 } }),
    ]);
    expect(strategies.length).toBeGreaterThan(0);
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      client.watchExecution.subscribe(
        { execution_id },
        {
          onData: ({ data }) => {
            if (data.kind === "event") seen.push(`${data.event.number} ${data.event.status}`);
          },
          onError: reject,
          onComplete: resolve,
        },
      );
    });
    expect(seen).toEqual(numbers);
  });

  it("sends queries by POST where it is told to, and reads a refusal of all of a batch", async () => {
    const url = `${app.address}/trpc`;
    const posting = createTRPCClient<AppRouter>({ links: [httpLink({ url, methodOverride: "POST" })] });
    expect((await posting.listPrices.query({})).prices).toEqual([]);
    const batching = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url, maxItems: 20 })] });
    const long = () => batching.listExecutions.query({ strategy: "x".repeat(5_000) });
    const refused = await Promise.allSettled([long(), long()]);
    expect(refused).toMatchObject([
      { status: "rejected", reason: { data: { httpStatus: 414 } } },
      { status: "rejected", reason: { data: { httpStatus: 414 } } },
    ]);
  });
});

describe("programs", () => {
  const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
  const port = () => new URL(app.address).port;

  it.runIf(has("python3", "--version"))("python's http.client uses one connection again and again", async () => {
    const script = `
import http.client, json
connection = http.client.HTTPConnection("localhost", ${port()})
for i in range(3):
    body = json.dumps({"strategy_name": "Slow", "parameters": {"milliseconds": 1}})
    connection.request("POST", "/strategies/execute/", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    print(answer.status, json.load(answer)["status"])
connection.request("POST", "/executions/0/cancel/")
print(connection.getresponse().status)`;
    expect((await run("python3", ["-c", script])).stdout).toBe(`${"202 pending\n".repeat(3)}404\n`);
  });

  it.runIf(has("python3", "-c", "import requests"))("python's requests posts JSON", async () => {
    const script = `
import requests
session = requests.Session()
for i in range(2):
    answer = session.post("http://localhost:${port()}/strategies/execute/", json={"strategy_name": "Slow", "parameters": {"milliseconds": 1}})
    print(answer.status_code, answer.json()["status"])`;
    expect((await run("python3", ["-c", script])).stdout).toBe("202 pending\n".repeat(2));
  });

  it.runIf(has("curl", "--version"))("curl offers HTTP/2, also with a body and for a stream", async () => {
    const curl = (...args: string[]) => run("curl", ["--silent", "--show-error", "--http2", ...args]);
    expect(JSON.parse((await curl(`${app.address}/healthz`)).stdout)).toEqual({ status: "ok" });
    const body = JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 } });
    const json = ["--header", "Content-Type: application/json", "--data", body];
    const accepted = await curl(...json, `${app.address}/strategies/execute/`);
    const { execution_id } = JSON.parse(accepted.stdout) as { execution_id: number };
    expect((await curl(`${app.address}/executions/${execution_id}/events/`)).stdout).toContain('"status":"completed"');
  });

  it("Java's HttpClient offers HTTP/2 with every request, here in its own bytes", async () => {
    const body = JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 } });
    const offer = (start: string, length: string) =>
      `${start} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n${length}Host: localhost:${port()}\r\n` +
      "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAABgAGAAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/17.0.16\r\n";
    const socket = connect(Number(port()), "127.0.0.1").setEncoding("utf8");
    let received = "";
    socket.on("data", (chunk: string) => (received += chunk));
    const until = async (text: string) => {
      while (!received.includes(text)) await once(socket, "data");
    };
    socket.write(
      `${offer("POST /strategies/execute/", `Content-Length: ${body.length}\r\n`)}Content-Type: application/json\r\n\r\n`,
    );
    socket.write(body);
    await until('"status":"pending"');
    socket.write(`${offer("GET /healthz", "")}\r\n`);
    await until('{"status":"ok"}');
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 202", "HTTP/1.1 200"]);
    socket.destroy();
  });
});

async function submit(address: string, parameters: object = { milliseconds: 1 }): Promise<number> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ strategy_name: "Slow", parameters });
  const response = await fetch(`${address}/strategies/execute/`, { method: "POST", headers, body });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

/** Gathers events as `1 PENDING`. */
function collector() {
  const list: string[] = [];
  const add = (data: unknown) => {
    const { number, status } =
      (data as { executionEvents?: { number?: number; status?: string } }).executionEvents ?? {};
    if (number !== undefined) list.push(`${number} ${status}`);
  };
  return { list, add };
}
