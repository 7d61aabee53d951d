import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { invoiceNotification } from "../testing/invoice-notification.ts";
import { signCallback } from "../sign/signature.ts";
import { createSigningKeyPair, createSigningSecret } from "../sign/signing-secret.ts";
import { toExpressHandler } from "./adapters/express.ts";
import { toFastifyPlugin } from "./adapters/fastify.ts";
import { toFetchHandler } from "./adapters/fetch.ts";
import { toHonoHandler } from "./adapters/hono.ts";
import { toNodeHandler } from "./adapters/node.ts";
import { createReceiver, type HandledCallback, type Receiver } from "./receiver.ts";

const secret = createSigningSecret();
const event = { description: "Payment celebration", paid: true };
/** Not what `JSON.stringify` writes: the signature is over the bytes. */
const body = ' {"description" : "Payment celebration","paid":true}\n';

type Send = (headers: Record<string, string>, body: string) => Promise<Response>;
type Framework = (receive: Receiver) => Promise<{ send: Send } & AsyncDisposable>;

const frameworks: readonly [string, Framework][] = [
  [
    "a Fetch handler",
    async (receive) => {
      const handle = toFetchHandler(receive);
      const send: Send = (headers, text) =>
        handle(new Request("http://localhost/callback", { method: "POST", headers, body: text }));
      return { send, [Symbol.asyncDispose]: async () => {} };
    },
  ],
  [
    "Hono",
    async (receive) => {
      const app = new Hono().post("/callback", toHonoHandler(receive));
      const send: Send = async (headers, text) => app.request("/callback", { method: "POST", headers, body: text });
      return { send, [Symbol.asyncDispose]: async () => {} };
    },
  ],
  ["plain Node", (receive) => serve(createServer(toNodeHandler(receive)))],
  ["Express", (receive) => serve(createServer(express().post("/callback", toExpressHandler(receive))))],
  [
    "Express after a parser that keeps the bytes",
    (receive) => {
      const app = express();
      app.use(express.json({ verify: (request, _response, rawBody) => void Object.assign(request, { rawBody }) }));
      app.post("/callback", toExpressHandler(receive));
      return serve(createServer(app));
    },
  ],
  [
    "Fastify",
    async (receive) => {
      const app = fastify();
      app.post("/other", async (request) => request.body);
      await app.register(toFastifyPlugin("/callback", receive));
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as AddressInfo;
      // Other routes keep their parser.
      expect(await (await post(port, "/other", {}, body)).json()).toEqual(event);
      return {
        send: (headers, text) => post(port, "/callback", headers, text),
        [Symbol.asyncDispose]: () => app.close(),
      };
    },
  ],
];

async function serve(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const send: Send = (headers, text) => post(port, "/callback", headers, text);
  return {
    send,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function post(port: number, path: string, headers: Record<string, string>, text: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
}

function signed(id: string, text = body, { secrets = [secret], age = 0 } = {}): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000) - age;
  return { "content-type": "application/json", ...signCallback(secrets, { webhookId: id, timestamp, body: text }) };
}

function collect() {
  const handled: HandledCallback<{ description: string; paid: boolean }>[] = [];
  return { handled, handle: (callback: (typeof handled)[number]) => void handled.push(callback) };
}

describe.each(frameworks)("a receiver in %s", (_name, start) => {
  it("takes a signed callback once, and answers one that is sent again", async () => {
    const { handled, handle } = collect();
    await using app = await start(
      createReceiver(invoiceNotification, { secrets: [secret], handled: new Set<string>(), handle }),
    );
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const response = await app.send(signed("one"), body);
      expect([response.status, await response.json()]).toEqual([200, { status: "received" }]);
    }
    expect(handled).toMatchObject([{ id: "one", payload: event }]);
  });

  it("refuses what is unsigned, changed, outdated or no callback, and handles nothing of it", async () => {
    const { handled, handle } = collect();
    await using app = await start(createReceiver(invoiceNotification, { secrets: [secret], handle }));
    const json = { "content-type": "application/json" };
    expect((await app.send(json, body)).status).toBe(401);
    expect((await app.send(signed("one"), body.replace("true", "null"))).status).toBe(401);
    expect((await app.send(signed("one", body, { age: 301 }), body)).status).toBe(401);
    expect((await app.send(signed("one", body, { secrets: [createSigningSecret()] }), body)).status).toBe(401);
    const other = '{"description":"x"}';
    const response = await app.send(signed("one", other), other);
    expect([response.status, await response.json()]).toMatchObject([422, { issues: [{ path: "paid" }] }]);
    expect(handled).toEqual([]);
  });
});

describe("a receiver", () => {
  const request = (id: string) => new Request("http://localhost/", { method: "POST", headers: signed(id), body });

  it("handles a callback again after a failure, which it reports", async () => {
    const [errors, failures]: [unknown[], Error[]] = [[], [new Error("the disk is full")]];
    const store = new Set<string>();
    const receive = createReceiver(invoiceNotification, {
      secrets: [secret],
      handled: store,
      handle() {
        const failure = failures.pop();
        if (failure !== undefined) throw failure;
      },
      onError: (error) => void errors.push(error),
    });
    expect(await receive(request("one"))).toEqual({
      status: 500,
      body: '{"error":"The callback could not be handled"}',
    });
    expect(errors).toEqual([new Error("the disk is full")]);
    expect([...store]).toEqual([]);
    expect((await receive(request("one"))).status).toBe(200);
    expect([...store]).toEqual(["one"]);
  });

  it("handles two requests of one id at the same time once", async () => {
    const gate = Promise.withResolvers<void>();
    let count = 0;
    const receive = createReceiver(invoiceNotification, {
      secrets: [secret],
      handled: new Set<string>(),
      async handle() {
        count += 1;
        await gate.promise;
      },
    });
    const answers = [receive(request("one")), receive(request("one"))];
    gate.resolve();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(count).toBe(1);
  });

  it("asks a store that is somewhere else", async () => {
    const { handled, handle } = collect();
    const store = { has: async (id: string) => id === "known", add: async () => {} };
    const receive = createReceiver(invoiceNotification, { secrets: [secret], handled: store, handle });
    expect((await receive(request("known"))).status).toBe(200);
    expect((await receive(request("new"))).status).toBe(200);
    expect(handled.map(({ id }) => id)).toEqual(["new"]);
  });

  it("verifies by a public key, and by either of two secrets", async () => {
    const pair = createSigningKeyPair();
    const receive = createReceiver(invoiceNotification, { secrets: [pair.publicKey, secret], handle: () => {} });
    const byKey = new Request("http://localhost/", {
      method: "POST",
      headers: signed("one", body, { secrets: [pair.secretKey] }),
      body,
    });
    expect((await receive(byKey)).status).toBe(200);
    expect((await receive(request("two"))).status).toBe(200);
  });

  it("takes unsigned callbacks only when told so, and has no id for them", async () => {
    const { handled, handle } = collect();
    const receive = createReceiver(invoiceNotification, { secrets: null, handled: new Set<string>(), handle });
    const headers = { "content-type": "application/json" };
    const unsigned = () => new Request("http://localhost/", { method: "POST", headers, body });
    expect((await receive(unsigned())).status).toBe(200);
    expect((await receive(unsigned())).status).toBe(200);
    expect(handled.map(({ id }) => id)).toEqual([null, null]);
  });
});
