import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import { expect, it } from "vitest";
import { sendResponse } from "./send-response.ts";

it.each([
  ["reads nothing", () => undefined],
  ["goes away", (socket: { resetAndDestroy(): void }) => void setImmediate(() => socket.resetAndDestroy())],
])("cancels the source when the client %s", async (_what, misbehave) => {
  const cancelled = Promise.withResolvers<string>();
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    cancel: () => cancelled.resolve("given up"),
  });
  const app = express();
  app.get("/", (_req, res) => sendResponse(res, new Response(endless), 50));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  misbehave(socket);
  expect(await cancelled.promise).toBe("given up");
  socket.destroy();
  server.close();
  await once(server, "close");
});

it("keeps proxies from buffering a stream", async () => {
  const app = express();
  const headers = { "Content-Type": "text/event-stream", "Content-Encoding": "none", "Cache-Control": "no-cache" };
  app.get("/", (_req, res) => sendResponse(res, new Response("data: 1\n\n", { status: 201, headers }), 50));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  expect(response.headers.has("content-encoding")).toBe(false);
  expect(await response.text()).toBe("data: 1\n\n");
  server.close();
  await once(server, "close");
});
