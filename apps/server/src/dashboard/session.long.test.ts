import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase("postgres");
  app = await startTestApp(database.options, { auth: "on" });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describeInChromium("a session", (open) => {
  it("serves pages of the server, and pages of no other origin", async () => {
    const { key } = await newClient(app.ctx.database.db).key(["read", "execute"]);
    await using opened = await open(`${app.address}/docs`);
    const { page } = opened;
    expect(await ask(page, "/ui/session", `method: "POST", ${json}, body: '{"api_key": "${key}"}'`)).toBe(204);
    expect(await page.evaluate(`JSON.stringify([document.cookie, localStorage, sessionStorage])`)).toBe('["",{},{}]');
    const body = `'{"strategy_name": "Slow", "parameters": {"milliseconds": 600000}}'`;
    const id = await page.evaluate(`fetch("/strategies/execute/", { method: "POST", ${json}, body: ${body} })
      .then((response) => response.json()).then((execution) => execution.execution_id)`);
    expect(await ask(page, `/executions/${id}/`)).toBe(200);
    expect(await page.evaluate(openSocket())).toBe("connection_ack");

    // A neighbour, to which browsers send the cookie, and a stranger, to which they do not.
    await using other = await startOtherSite();
    for (const [host, refusal] of [
      ["127.0.0.1", 403],
      ["localhost", 401],
    ] as const) {
      const foreign = await page.context().newPage();
      await foreign.goto(`http://${host}:${other.port}/`);
      for (const request of [
        `"/executions/${id}/", { credentials: "include" }`,
        `"/executions/${id}/", { credentials: "include", mode: "no-cors" }`,
        `"/executions/${id}/cancel/", { credentials: "include", mode: "no-cors", method: "POST" }`,
        `"/ui/session", { credentials: "include", method: "DELETE" }`,
      ]) {
        const sent = `fetch("${app.address}" + ${request}).then(() => "answered", () => "failed")`;
        expect(await foreign.evaluate(sent)).toBe("failed");
      }
      expect(await foreign.evaluate(openSocket())).toBe("closed");
      expect(await statusAfter(foreign, `location = "${app.address}/executions/${id}/"`)).toBe(refusal);
      await foreign.goto(`http://${host}:${other.port}/`);
      await foreign.setContent(`<form method="post" action="${app.address}/executions/${id}/cancel/"></form>`);
      expect(await statusAfter(foreign, "document.forms[0].submit()")).toBe(403);
      await foreign.close();
    }
    const state = `fetch("/executions/${id}/").then((response) => response.json()).then(({ status }) => status)`;
    expect(await page.evaluate(state)).toBe("running");
    expect(await ask(page, `/executions/${id}/cancel/`, `method: "POST"`)).toBe(202);
    expect(await ask(page, "/ui/session", `method: "DELETE"`)).toBe(204);
    expect(await ask(page, `/executions/${id}/`)).toBe(401);
  });
});

const json = `headers: { "content-type": "application/json" }`;

/** The first message of a WebSocket, or how it was refused. */
const openSocket = () => `new Promise((resolve) => {
  const address = "ws://${new URL(app.address).host}/graphql";
  const socket = new WebSocket(address, "graphql-transport-ws");
  socket.onopen = () => socket.send('{"type":"connection_init"}');
  socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
  socket.onclose = () => resolve("closed");
})`;

/** The status of a request of the page. */
function ask(page: OpenPage["page"], path: string, request = ""): Promise<unknown> {
  return page.evaluate(`fetch("${path}", { ${request} }).then(({ status }) => status)`);
}

/** The status of the address to which a script leads. */
async function statusAfter(page: OpenPage["page"], script: string): Promise<number | undefined> {
  const [response] = await Promise.all([page.waitForNavigation(), page.evaluate(`void (${script})`)]);
  return response?.status();
}

/** A page that another program serves on this machine. */
async function startOtherSite(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((_req, res) => res.setHeader("content-type", "text/html").end("<!doctype html>"));
  server.listen(0);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
