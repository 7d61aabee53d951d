import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClient, type TestKey } from "../testing/api-keys.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase("postgres");
  app = await startTestApp(database.options, { auth: "on", engine: { works: false } });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe("a session", () => {
  it("lets in by a cookie that scripts cannot read, with the scopes of its key, until it is ended", async () => {
    const { key } = await keyOf();
    const { status, header, cookie } = await signIn(key);
    expect(status).toBe(204);
    expect(header).toMatch(/^strategy-executor-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await statusOf("/session/", { cookie })).toBe(200);
    const session = await (await fetch(`${app.address}/session/`, { headers: { cookie } })).json();
    expect(session).toMatchObject({ scopes: ["read", "execute"], auth: "on" });
    expect(await statusOf("/receivers/", { cookie })).toBe(403);
    const ended = await fetch(`${app.address}/ui/session`, { method: "DELETE", headers: { cookie, ...ownPage() } });
    expect(ended.status).toBe(204);
    expect(ended.headers.get("set-cookie")).toMatch(/^strategy-executor-session=; Max-Age=0; Path=\/;/);
    const refused = await fetch(`${app.address}/session/`, { headers: { cookie } });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ detail: "The session has ended: sign in again" });
  });

  it("takes the place of the one that the browser had", async () => {
    const { key } = await keyOf();
    const { cookie } = await signIn(key);
    expect(await statusOf("/session/", { cookie })).toBe(200);
    const second = await signIn(key, { cookie, ...ownPage() });
    expect(await statusOf("/session/", { cookie })).toBe(401);
    expect(await statusOf("/session/", { cookie: second.cookie })).toBe(200);
  });

  it("ends with its key, and its streams too", async () => {
    const { key, revoke } = await keyOf();
    const { cookie } = await signIn(key);
    const stream = await fetch(`${app.address}/trpc/watchExecutions?input=%7B%7D`, { headers: { cookie } });
    expect(stream.status).toBe(200);
    await revoke();
    // Otherwise the stream would have no end.
    await stream.text();
    expect(await statusOf("/session/", { cookie })).toBe(401);
  });

  it("lasts twelve hours after its last use", async () => {
    const { key } = await keyOf();
    const { cookie } = await signIn(key);
    const { db } = app.ctx.database;
    await db.execute(`update sessions set expires_at = now() + interval '1 minute'`);
    const used = await fetch(`${app.address}/session/`, { headers: { cookie } });
    expect(used.headers.get("set-cookie")).toContain(`${cookie}; Max-Age=43200;`);
    const hours = async () => {
      const rows = await db.execute(`
        select (extract(epoch from max(expires_at) - now()) / 3600)::float8 as hours from sessions`);
      return (rows as unknown as { hours: number }[])[0]!.hours;
    };
    await expect.poll(hours).toBeCloseTo(12, 1);
    expect((await fetch(`${app.address}/session/`, { headers: { cookie } })).headers.get("set-cookie")).toBeNull();
    await db.execute(`update sessions set expires_at = now()`);
    await expect.poll(() => statusOf("/session/", { cookie }), { timeout: 10_000 }).toBe(401);
    await signIn(key);
    expect(await db.execute(`select hash from sessions`)).toHaveLength(1);
  });

  it("needs a usable key, sent as JSON", async () => {
    const { key, revoke } = await keyOf();
    await revoke();
    for (const wrong of [key, "nonsense", `sx_00000000_${"0".repeat(64)}`]) {
      const { status, header } = await signIn(wrong);
      expect([status, header]).toEqual([401, ""]);
    }
    const post = async (body: string, type = "application/json") => {
      const request = { method: "POST", body, headers: { "content-type": type } };
      return (await fetch(`${app.address}/ui/session`, request)).status;
    };
    expect(await post("{")).toBe(400);
    expect(await post("{}")).toBe(422);
    expect(await post(`{"api_key": "${key}"}`, "text/plain")).toBe(415);
  });

  it("has no more tries than an address has requests", async () => {
    await using limited = await startTestApp(database.options, {
      auth: "on",
      requestsPerMinute: 3,
      engine: { works: false },
    });
    const { key } = await keyOf();
    const statuses = [];
    for (const tried of ["wrong", "wrong", "wrong", key]) statuses.push((await signIn(tried, {}, limited)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  it("is not needed where API keys are off", async () => {
    await using free = await startTestApp(database.options, { engine: { works: false } });
    expect((await signIn("sx_", {}, free)).status).toBe(409);
  });
});

function keyOf(): Promise<TestKey> {
  return newClient(app.ctx.database.db).key(["read", "execute"]);
}

/** What browsers send with the requests of a page of the server. */
function ownPage(): Record<string, string> {
  return { origin: app.address };
}

async function signIn(key: string, headers: Record<string, string> = {}, { address } = app) {
  const response = await fetch(`${address}/ui/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ api_key: key }),
  });
  const header = response.headers.get("set-cookie") ?? "";
  return { status: response.status, header, cookie: header.split(";")[0]! };
}

async function statusOf(path: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(`${app.address}${path}`, { headers })).status;
}
