import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import { apiOnly, startTestServer } from "../testing/test-server.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp(database.options);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const submission = JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 } });
const csv = "date,ticker,close,adj_close\n2024-01-02,H2C,1,1\n";
const handshake = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

describe("an Upgrade header that is no WebSocket handshake for /graphql", () => {
  it.each([
    ["GET", "/strategies/", "", "", 200],
    ["HEAD", "/strategies/", "", "", 200],
    ["GET", "/trpc/listPrices?input={}", "", "", 200],
    ["GET", "/graphql?query={__typename}", "", "", 200],
    ["GET", "/nothing", "", "", 404],
    ["POST", "/strategies/execute/", "application/json", submission, 202],
    ["POST", "/trpc/executeStrategy", "application/json", submission, 200],
    ["POST", "/graphql", "application/json", '{"query":"{ __typename }"}', 200],
    ["POST", "/prices/", "text/csv", csv, 200],
    ["DELETE", "/strategies/", "", "", 405],
  ])("is ignored by %s %s", async (method, path, type, body, status) => {
    for (const upgrade of ["Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n", "Upgrade: TLS/1.0\r\n"]) {
      const socket = open(app.address);
      const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n`;
      const content = body === "" ? "" : `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
      socket.write(`${head}${upgrade}${content}\r\n`);
      if (body !== "") {
        // The body follows in a packet of its own.
        await new Promise((resolve) => socket.write("", resolve));
        socket.write(body);
      }
      expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });

  it("is ignored by a chunked body and by an event stream", async () => {
    const socket = open(app.address);
    const chunk = (part: string) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`;
    socket.write(
      "POST /strategies/execute/ HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n" +
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    for (const part of [submission.slice(0, 9), submission.slice(9), ""]) socket.write(chunk(part));
    const [, id] = /"execution_id":(\d+)/.exec(await text(socket)) ?? [];
    const stream = open(app.address);
    stream.write(
      `GET /executions/${id}/events/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
    );
    expect(await text(stream)).toContain('"status":"completed"');
  });

  it("is ignored in a WebSocket handshake for another path, with another method or with a body", async () => {
    for (const [line, more, status] of [
      ["GET /elsewhere", "", 404],
      ["GET /executions/999999/events", "", 404],
      ["POST /strategies/execute/", "Content-Type: application/json\r\nContent-Length: 2\r\n", 422],
    ] as const) {
      const socket = open(app.address);
      const close = "Connection: close, Upgrade\r\n";
      socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\n${close}${handshake}${more}\r\n${more === "" ? "" : "{}"}`);
      const answer = await text(socket);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain("application/problem+json");
    }
  });
});

describe("connections", () => {
  it("of a refused WebSocket are closed although the client keeps them open", async () => {
    const { host } = new URL(app.address);
    for (const more of [`${handshake}Origin: http://elsewhere.example\r\n`, "Upgrade: websocket\r\n"]) {
      const socket = connect({ port: Number(new URL(app.address).port), host: "127.0.0.1", allowHalfOpen: true });
      socket.write(`GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n${more}\r\n`);
      socket.write("more bytes");
      const answer = await text(socket).catch(String);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
      // Half open on this side: only a server that has destroyed its socket answers a write with a reset.
      const reset = once(socket, "error");
      const writing = setInterval(() => socket.write("x"), 10);
      expect(await reset).toMatchObject([{ code: expect.stringMatching(/EPIPE|ECONNRESET/) }]);
      clearInterval(writing);
      socket.destroy();
    }
  });

  it("that are left at the end are closed within SHUTDOWN_TIMEOUT_MS", async () => {
    await using own = await createTestDatabase();
    const server = await startTestServer(own.options, { ...apiOnly(own.options), SHUTDOWN_TIMEOUT_MS: "200" });
    const starts = [
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n${handshake}\r\n`,
      "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      "POST /strategies/execute/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" +
        "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n",
      "GET / HTTP/1.1\r\n",
      "",
    ];
    const sockets = starts.map((start) => {
      const socket = connect({ port: Number(new URL(server.address).port), host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(start);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const ended = sockets.map((socket) => once(socket, "end").catch(() => undefined));
    await server[Symbol.asyncDispose]();
    await Promise.all(ended);
    expect(sockets.map((socket) => socket.readableEnded || socket.destroyed)).not.toContain(false);
    for (const socket of sockets) socket.destroy();
  });

  it("of one address are limited by CONNECTIONS_PER_ADDRESS", async () => {
    await using own = await createTestDatabase();
    await using server = await startTestServer(own.options, {
      ...apiOnly(own.options),
      CONNECTIONS_PER_ADDRESS: "2",
      SHUTDOWN_TIMEOUT_MS: "100",
    });
    const [first, second] = [open(server.address), open(server.address)];
    await Promise.all([answered(first), answered(second)]);
    const third = open(server.address);
    expect(await text(third).catch(() => "")).toBe("");
    first.destroy();
    await expect.poll(() => answered(open(server.address)).catch(() => "")).toContain("200 OK");
    second.destroy();
  });
});

function open(address: string): Socket {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

async function answered(socket: Socket): Promise<string> {
  socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const first = once(socket, "data").then(([bytes]) => String(bytes));
  return Promise.race([first, once(socket, "close").then(() => "")]);
}
