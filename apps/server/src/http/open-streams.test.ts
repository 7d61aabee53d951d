import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { writeProgress } from "@strategy-executor/db";
import { createTestDatabase, insertExecution, startExecution, type TestDatabase } from "@strategy-executor/db/testing";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
beforeAll(async () => {
  // Under test Yoga sends a heartbeat every 300 ms, which would detect a departed client by itself.
  vi.stubEnv("NODE_ENV", "production");
  database = await createTestDatabase("postgres");
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

const subscription = `subscription ($id: ID!) { executionEvents(id: $id) {
  ... on ExecutionEvent { strategy status }
  ... on ExecutionProgress { fraction phase }
  ... on DomainError { code }
} }`;

/** The tests write what happens to executions themselves, so nothing has to run them. */
const engine = { works: false };

/** Opens a stream on an execution without reading it. */
type Open = (app: TestApp, id: number) => Promise<Socket>;

const ways: readonly { readonly name: string; readonly heartbeat: string | RegExp; readonly open: Open }[] = [
  {
    name: "REST",
    heartbeat: ": still here\n\n",
    open: ({ address }, id) => request(address, `GET /executions/${id}/events/`),
  },
  {
    name: "tRPC",
    heartbeat: "event: ping\n",
    open: ({ address }, id) =>
      request(address, `GET /trpc/watchExecution?input=${encodeURIComponent(JSON.stringify({ execution_id: id }))}`),
  },
  {
    name: "GraphQL over server-sent events",
    // Not the comment that every stream begins with.
    heartbeat: /"RUNNING"[^]*\n:\n\n/,
    open: ({ address }, id) =>
      request(address, "POST /graphql", JSON.stringify({ query: subscription, variables: { id } })),
  },
  {
    name: "GraphQL over WebSocket",
    // An empty ping frame.
    heartbeat: "\x89\x00",
    async open({ address }, id) {
      const { port } = new URL(address);
      const socket = connect(Number(port), "127.0.0.1");
      const client = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws", {
        createConnection: () => socket,
      });
      client.on("error", () => undefined);
      await once(client, "open");
      client.send('{"type":"connection_init"}');
      await once(client, "message");
      client.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: subscription, variables: { id } } }));
      return socket;
    },
  },
];

// Concurrently, since the libraries' heartbeats come after 12 and 15 s.
it.concurrent.each(ways)(
  "a stream of $name receives heartbeats while nothing happens",
  async (way) => {
    await using app = await startTestApp(database.options, {
      engine,
      streamTimes: { heartbeatMs: 1_000, stalledMs: 30_000 },
    });
    const socket = await way.open(app, await running(app));
    expect(await read(socket, way.heartbeat)).toMatch(way.heartbeat);
    socket.destroy();
  },
  180_000,
);

describe.each(ways)("a stream of $name", ({ open }) => {
  it("reports the progress of its execution", async () => {
    await using app = await startTestApp(database.options, { engine });
    const id = await running(app);
    const socket = await open(app, id);
    await read(socket, /running/i);
    await writeProgress(app.ctx.database.db, id, 1, { fraction: 0.25, phase: "backtest" });
    app.signals.send("events", String(id));
    expect(await read(socket, "backtest")).toMatch(/"fraction":0\.25,"phase":"backtest"/);
    socket.destroy();
  });

  it("is closed when its client reads nothing", async () => {
    await using app = await startTestApp(database.options, {
      engine,
      streamTimes: { heartbeatMs: 500, stalledMs: 1_000 },
    });
    // More than the socket buffers of both sides hold.
    const id = await running(app, "x".repeat(100_000));
    await app.ctx.database.db.execute(`
      insert into execution_events (execution_id, number, status, transaction)
      select ${id}, number, 'running', pg_current_xact_id() from generate_series(3, 300) number`);
    const socket = await open(app, id);
    socket.pause();
    await expect.poll(() => app.ctx.events.size, { interval: 5, timeout: 20_000 }).toBe(1);
    await expect.poll(() => app.ctx.events.size, { timeout: 20_000 }).toBe(0);
    socket.destroy();
  });

  it("leaves nothing behind when its client disconnects before the response", async () => {
    await using app = await startTestApp(database.options, { engine });
    const id = await running(app);
    const locking = postgres(database.options.databaseUrl!, { max: 1, onnotice: () => undefined });
    await locking.begin(async (transaction) => {
      await transaction`lock table executions in access exclusive mode`;
      const impatient = await open(app, id);
      await fetch(`${app.address}/healthz`);
      impatient.resetAndDestroy();
      await once(impatient, "close");
      await fetch(`${app.address}/healthz`);
    });
    await locking.end();
    const patient = await open(app, id);
    await read(patient, /running/i);
    patient.destroy();
    await expect.poll(() => app.ctx.events.size, { timeout: 20_000 }).toBe(0);
  });
});

async function running({ ctx }: TestApp, strategy = "Slow"): Promise<number> {
  const { db } = ctx.database;
  const execution = { client: "local", strategy, version: "1", parameters: {}, executionParameters: {} };
  const id = await insertExecution(db, { ...execution, callbackUrl: null });
  await startExecution(db, id);
  return id;
}

/** Reads until the wanted text has arrived, and leaves the stream open. */
function read(socket: Socket, wanted: string | RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  const take = (chunk: Buffer) => {
    text += chunk.toString("latin1");
    if (text.match(wanted) === null) return;
    socket.off("data", take).off("close", end).pause();
    resolve(text);
  };
  const end = () => reject(new Error(`Closed before ${wanted} came: ${text}`));
  socket.on("data", take).once("close", end).resume();
  return promise;
}

async function request(address: string, line: string, body = ""): Promise<Socket> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const headers = `Host: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.write(`${line} HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
  return socket;
}
