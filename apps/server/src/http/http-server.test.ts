import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpServer, requestLimits, limitBodyTime } from "./http-server.ts";
import { readConfig } from "../config.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp(database.options, { engine: { works: false } });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe("requests", () => {
  it("with an overlong path or query are refused on every transport", async () => {
    const path = (length: number) => `/strategies/?${"x".repeat(length - "/strategies/?".length)}`;
    expect((await fetch(app.address + path(requestLimits.url))).status).toBe(422);
    const refused = await fetch(app.address + path(requestLimits.url + 1));
    expect(refused.status).toBe(414);
    expect(await refused.json()).toMatchObject({ status: 414, detail: expect.stringContaining("8192 characters") });
    for (const start of ["/trpc/listPrices?input=", "/graphql?query="]) {
      expect((await fetch(app.address + start + "x".repeat(requestLimits.url))).status).toBe(414);
    }
  });

  it("with overlong headers are refused with a problem", async () => {
    const answer = await raw(app.address, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain("Content-Type: application/problem+json");
    expect(bodyOf(answer)).toMatchObject({ type: "about:blank", status: 431, title: expect.any(String) });
  });

  it("that are not HTTP are refused with a problem", async () => {
    for (const bytes of [
      "hello\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "\u0000\u0001\r\n\r\n",
    ]) {
      const answer = await raw(app.address, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toMatchObject({ status: 400, title: "Bad Request" });
    }
    // Two lengths, or a length and chunks, enable request smuggling past a proxy.
    const smuggled =
      "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await raw(app.address, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("with slow headers are dropped, and others are answered meanwhile", async () => {
    await using slow = await serve(createHttpServer(express(), { limits: { ...requestLimits, headersMs: 300 } }));
    const attackers = Array.from({ length: 50 }, () => slow.connect());
    const dripping = setInterval(() => attackers.forEach((socket) => socket.writable && socket.write("X: y\r\n")), 50);
    for (const socket of attackers) socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    expect((await fetch(slow.address)).status).toBe(404);
    const answers = await Promise.all(attackers.map((socket) => text(socket).catch(String)));
    clearInterval(dripping);
    // A socket that still receives bytes while it closes may be reset before the client reads the response.
    expect(answers.some((answer) => answer.startsWith("HTTP/1.1 408 "))).toBe(true);
  });

  it("may come later than the limit on headers, on a connection that is kept", async () => {
    const limits = { ...requestLimits, headersMs: 300 };
    await using kept = await serve(createHttpServer(express(), { limits, keepAliveMs: 60_000 }));
    const get = "GET / HTTP/1.1\r\nHost: x\r\n";
    const idle = kept.connect().setEncoding("utf8");
    idle.write(`${get}\r\n`);
    const [answer] = await once(idle, "data");
    expect(answer).toMatch(/^HTTP\/1\.1 404 [^]*\r\nKeep-Alive: timeout=60\r\n/);
    const slow = kept.connect();
    slow.write(get);
    // By now the limit on headers has passed for the idle connection as well.
    expect(await text(slow).catch(String)).toContain("408");
    idle.write(`${get}Connection: close\r\n\r\n`);
    expect(await text(idle)).toContain("HTTP/1.1 404 ");
  });

  it("find a connection open for longer than a balancer keeps it", () => {
    expect(readConfig({}).keepAliveMs).toBeGreaterThan(65_000);
  });

  it("with a slow body are dropped", async () => {
    const listener = express().post(
      "/",
      limitBodyTime({ ...requestLimits, bodyMs: 300 }),
      express.json(),
      (req, res) => {
        res.json(req.body);
      },
    );
    await using slow = await serve(createHttpServer(listener));
    const socket = slow.connect();
    const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
    socket.write(head);
    const dripping = setInterval(() => socket.writable && socket.write(" "), 50);
    await text(socket).catch(() => "");
    clearInterval(dripping);
    expect(socket.destroyed || socket.readableEnded).toBe(true);
    const whole = { method: "POST", headers: { "content-type": "application/json" }, body: "[1]" };
    expect(await (await fetch(slow.address, whole)).json()).toEqual([1]);
  });

  it("with JSON as deep as a body can hold are refused on every transport", async () => {
    const deep = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
    const submission = `{"strategy_name":"Slow","parameters":{"a":${deep}}}`;
    const query = `mutation ($p: JSON) { executeStrategy(input: { strategyName: "Slow", parameters: $p }) { ... on DomainError { code message } } }`;
    const bodies: readonly (readonly [string, string, number | undefined])[] = [
      ["/strategies/execute/", submission, 422],
      ["/strategies/execute/", deep, 422],
      ["/strategies/execute/", `{"strategy_name":${deep}}`, 422],
      ["/trpc/executeStrategy", submission, 422],
      ["/trpc/executeStrategy", deep, 422],
      ["/graphql", JSON.stringify({ query, variables: { p: 0 } }).replace('"p":0', `"p":{"a":${deep}}`), 200],
      ["/graphql", deep, 400],
      ["/graphql", `{"query":"{ __typename }","variables":{"a":${deep}}}`, 200],
      ["/graphql", `{"query":"{ __typename }","extensions":${deep}}`, 400],
    ];
    for (const [path, body, status] of bodies) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(app.address + path, { method: "POST", headers, body });
      const received = await response.text();
      expect(response.status, `${path} ${body.slice(0, 60)}: ${received.slice(0, 200)}`).toBe(status);
      expect(received.length).toBeLessThan(2_000);
      if (body === submission || body.includes("$p"))
        expect(received).toContain("must not be nested deeper than 32 levels");
    }
    expect((await fetch(`${app.address}/healthz`)).status).toBe(200);
  });
});

describe("answers", () => {
  const policy = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

  it.each([
    ["/strategies/", 200],
    ["/trpc/listPrices?input={}", 200],
    ["/graphql?query={__typename}", 200],
    ["/executions/999999/", 404],
    ["/nothing", 404],
  ])("of %s may not be run, framed, sniffed or cached", async (path, status) => {
    const { headers, status: answered } = await fetch(app.address + path);
    expect(answered).toBe(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "no-referrer",
      "strict-transport-security": expect.stringContaining("max-age="),
    });
    for (const telling of ["x-powered-by", "server", "etag"]) expect(headers.has(telling)).toBe(false);
  });
});

async function raw(address: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
}

async function serve(server: Server): Promise<AsyncDisposable & { address: string; connect(): Socket }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    connect() {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
