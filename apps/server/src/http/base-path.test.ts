import { once } from "node:events";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readConfig } from "../config.ts";
import type { RunningServer } from "../server.ts";
import { apiOnly, startTestServer } from "../testing/test-server.ts";
import { webPath } from "../testing/web-path.ts";
import { withoutBasePath } from "./base-path.ts";

let database: TestDatabase;
let server: RunningServer & { readonly address: string };
beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database.options, { ...apiOnly(database.options), BASE_PATH: "/se/" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

// Proxies that mount the service below a path remove it from requests, or do not.
describe.each(["/se", ""])("a service below a path, asked at %j", (base) => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.address + base + path, { headers, redirect: "manual" });

  it("answers over every transport", async () => {
    for (const path of [
      "/healthz",
      "/strategies",
      "/strategies/",
      "/trpc/listStrategies?input={}",
      "/graphql?query={__typename}",
    ])
      expect((await get(path)).status).toBe(200);
    const socket = new WebSocket(`${server.address.replace("http", "ws")}${base}/graphql`, "graphql-transport-ws");
    await once(socket, "open");
    socket.terminate();
  });

  it("leads to its pages, and loads what they need, below the path", async () => {
    expect((await get("/")).headers.get("location")).toMatch(/^\/se\/(?:ui\/|docs)$/);
    for (const path of ["/docs", "/graphql"]) {
      const page = await (await get(path, { accept: "text/html" })).text();
      const references = [...page.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, reference]) => String(reference));
      expect(references.length).toBeGreaterThan(2);
      for (const reference of references) {
        expect(reference).toMatch(/^\/se\//);
        expect((await fetch(server.address + reference)).status).toBe(200);
      }
    }
    expect(await (await get("/docs/initializer.js")).text()).toContain('"url": "/se/openapi.json"');
    expect(await (await get("/openapi.json")).json()).toMatchObject({ servers: [{ url: "/se" }] });
  });

  it("refuses in the form of the transport", async () => {
    const long = "x".repeat(9_000);
    expect(await (await get(`/trpc/listPrices?input=${long}`)).json()).toMatchObject({
      error: { data: { httpStatus: 414 } },
    });
    expect(await (await get(`/graphql?query=${long}`)).json()).toMatchObject({
      errors: [{ extensions: { code: "BAD_REQUEST" } }],
    });
    expect(await (await get("/nothing")).json()).toMatchObject({ status: 404, detail: "There is nothing at /nothing" });
  });
});

describe("BASE_PATH", () => {
  it.each([
    ["", ""],
    ["/", ""],
    ["/se", "/se"],
    ["/a/b-c.d/", "/a/b-c.d"],
  ])("%j is read as %j", (BASE_PATH, basePath) => {
    expect(readConfig({ BASE_PATH }).basePath).toBe(basePath);
  });

  it.each(["se", "//se", "/se//", "/s e", '/se"', "/se?x", "https://a.example/se"])("%j is refused", (BASE_PATH) => {
    expect(() => readConfig({ BASE_PATH })).toThrow("BASE_PATH");
  });

  it("is removed from paths below it, and from no other", () => {
    expect(withoutBasePath("/se", "/se")).toBe("/");
    expect(withoutBasePath("/se?a", "/se")).toBe("/?a");
    expect(withoutBasePath("/sea", "/se")).toBe("/sea");
    fc.assert(
      fc.property(webPath, (path) => {
        expect(withoutBasePath(`/se/${path}`, "/se")).toBe(`/${path}`);
        expect(withoutBasePath(path, "")).toBe(path);
      }),
    );
  });
});
