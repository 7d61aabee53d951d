import { connectDatabase, listApiKeys, revokeApiKey } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { post } from "../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";
import { apiOnly, startTestServer } from "../testing/test-server.ts";

/** For processes that only answer requests: threads for executions take longer to start than everything else. */
const engine = { works: false };
const withKey = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

describeDatabases("API keys", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  const statements: string[] = [];
  beforeAll(async () => {
    database = await create();
    const onStatement = (statement: string) => void statements.push(statement);
    app = await startTestApp({ ...database.options, onStatement }, { auth: "on", engine });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  const client = () => newClient(app.ctx.database.db);

  it.each([
    ["REST", "/executions/", "/executions/"],
    ["tRPC", "/trpc/listExecutions?input={}", "/trpc/listExecutions?input={}"],
    ["GraphQL", "/graphql?query={__typename}", "/graphql?query={__typename}"],
  ])("are required over %s, and the refusal says how to authenticate", async (_name, path) => {
    const missing = await fetch(app.address + path);
    expect(missing.status).toBe(401);
    expect(missing.headers.get("www-authenticate")).toBe('Bearer realm="strategy-executor"');
    expect(await missing.text()).toContain("Send an API key");
    const wrong = await fetch(app.address + path, withKey("wrong"));
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toBe('Bearer realm="strategy-executor", error="invalid_token"');
    expect((await fetch(app.address + path, { headers: { authorization: "Basic bWU6bWU=" } })).status).toBe(401);
    const { key } = await client().key(["read"]);
    for (const scheme of ["Bearer", "bearer", "BEARER "]) {
      const right = await fetch(app.address + path, { headers: { authorization: `${scheme} ${key}` } });
      expect(right.status).toBe(200);
      expect(right.headers.get("www-authenticate")).toBeNull();
    }
  });

  it("are not required for documents and health checks", async () => {
    for (const path of ["/healthz", "/readyz", "/docs", "/openapi.json", "/openapi.yaml"]) {
      expect((await fetch(app.address + path)).status).toBe(200);
    }
  });

  it("are checked before a price file is read", async () => {
    const { key } = await client().key(["read", "execute"]);
    const csv = (headers: Record<string, string>) =>
      fetch(`${app.address}/prices/`, {
        method: "POST",
        headers: { ...headers, "content-type": "text/csv" },
        body: "date,ticker,close,adj_close\n2024-01-02,STOLEN,10,9\n",
      });
    expect((await csv({})).status).toBe(401);
    expect((await csv(withKey(key).headers)).status).toBe(403);
    const { prices } = (await (await fetch(`${app.address}/prices/`, withKey(key))).json()) as { prices: unknown[] };
    expect(prices).toEqual([]);
  });

  it("of one client share the client's executions", async () => {
    const one = client();
    const [first, second] = [await one.key(["execute"]), await one.key(["read"])];
    const submitted = await fetch(`${app.address}/strategies/execute/`, {
      method: "POST",
      headers: { ...withKey(first.key).headers, "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "Slow" }),
    });
    const { execution_id } = (await submitted.json()) as { execution_id: number };
    expect((await fetch(`${app.address}/executions/${execution_id}/`, withKey(second.key))).status).toBe(200);
  });

  it("stop working within seconds of being revoked", async () => {
    const revoked = await client().key(["read"]);
    const status = async () => (await fetch(`${app.address}/prices/`, withKey(revoked.key))).status;
    expect(await status()).toBe(200);
    await revoked.revoke();
    await vi.waitUntil(async () => (await status()) === 401, { timeout: 20_000 });
  });

  it("are looked up once for many requests, and their last use is recorded once a minute", async () => {
    const one = client();
    const { key } = await one.key(["read"]);
    statements.splice(0);
    await Promise.all(Array.from({ length: 50 }, () => fetch(`${app.address}/strategies/`, withKey(key))));
    const about = (verb: string) => statements.filter((sql) => sql.startsWith(verb) && sql.includes('"api_keys"'));
    expect(about("select").length).toBeLessThan(25);
    const used = async () =>
      (await listApiKeys(app.ctx.database.db)).find((record) => record.client === one.client)?.lastUsedAt;
    await vi.waitUntil(async () => ((await used()) ?? null) !== null);
    expect(about("update")).toHaveLength(1);
  });

  it("are not stored: the database holds only hashes", async () => {
    const { key } = await client().key(["read"]);
    const [, , random] = key.split("_");
    expect(JSON.stringify(await listApiKeys(app.ctx.database.db))).not.toContain(random);
  });
});

describeDatabases("the rate limit", (create) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await create();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it("counts a client's requests over all transports, and reports what is left", async () => {
    await using app = await startTestApp(database.options, { auth: "on", requestsPerMinute: 7, engine });
    const { key } = await newClient(app.ctx.database.db).key(["read"]);
    const left: (string | null | undefined)[] = [];
    const ask = async (path: string) => {
      const response = await fetch(app.address + path, withKey(key));
      left.push(/r=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1]);
      expect(response.headers.get("ratelimit-policy")).toBe('"client";q=7;w=60');
      return response;
    };
    expect((await ask("/strategies/")).status).toBe(200);
    // A batch counts as one request per call.
    expect((await ask('/trpc/listPrices,listPrices,listPrices?batch=1&input={"0":{},"1":{},"2":{}}')).status).toBe(200);
    expect((await ask("/graphql?query={__typename}")).status).toBe(200);
    expect((await ask("/executions/")).status).toBe(200);
    expect((await ask("/executions/999999/")).status).toBe(404);
    expect(left).toEqual(["6", "3", "2", "1", "0"]);
    for (const path of ["/strategies/", "/trpc/listPrices?input={}", "/graphql?query={__typename}"]) {
      const refused = await ask(path);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
      expect(await refused.text()).toContain("No more than 7 requests a minute are answered");
    }
    expect((await fetch(`${app.address}/healthz`)).status).toBe(200);
    const another = await newClient(app.ctx.database.db).key(["read"]);
    expect((await fetch(`${app.address}/strategies/`, withKey(another.key))).status).toBe(200);
  });

  it("counts failed authentication by address", async () => {
    await using app = await startTestApp(database.options, { auth: "on", requestsPerMinute: 3, engine });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      statuses.push((await fetch(`${app.address}/strategies/`, withKey(`guess-${count}`))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });
});

describe("the rate limit of several processes", () => {
  it("is shared", async () => {
    await using database = await createTestDatabase("postgres");
    await using one = await startTestApp(database.options, { auth: "on", requestsPerMinute: 6, engine });
    await using other = await startTestApp(database.options, { auth: "on", requestsPerMinute: 6, engine });
    const { key } = await newClient(one.ctx.database.db).key(["read"]);
    const statuses: number[] = [];
    for (const { address } of [one, other, one, other, one, other, one, other]) {
      statuses.push((await fetch(`${address}/strategies/`, withKey(key))).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  });
});

describeDatabases("a start", (create) => {
  it("beyond loopback requires an API key, or AUTH=off", async () => {
    await using database = await create();
    const open = { ...apiOnly(database.options), HOST: "0.0.0.0" };
    const noKeyExists = "there is no API key: make one with `npm run keys -- create NAME`, or say AUTH=off";
    for (const environment of [open, { ...open, AUTH: "on" }]) {
      await expect(startTestServer(database.options, environment)).rejects.toThrow(noKeyExists);
    }
    {
      await using server = await startTestServer(database.options, { ...open, AUTH: "off" });
      expect((await fetch(`${local(server.address)}/strategies/`)).status).toBe(200);
    }
    const { key, revoke } = await makeKey(database);
    {
      await using server = await startTestServer(database.options, open);
      expect((await fetch(`${local(server.address)}/strategies/`)).status).toBe(401);
      expect((await fetch(`${local(server.address)}/strategies/`, withKey(key))).status).toBe(200);
      expect((await post(local(server.address), "{ __typename }")).status).toBe(401);
    }
    await revoke();
    await expect(startTestServer(database.options, open)).rejects.toThrow(noKeyExists);
  });

  it("on loopback requires no key, unless AUTH=on", async () => {
    await using database = await create();
    {
      await using server = await startTestServer(database.options, apiOnly(database.options));
      expect((await fetch(`${server.address}/strategies/`)).status).toBe(200);
    }
    await using server = await startTestServer(database.options, { ...apiOnly(database.options), AUTH: "on" });
    expect((await fetch(`${server.address}/strategies/`)).status).toBe(401);
  });

  async function makeKey({ options }: TestDatabase) {
    await using database = await connectDatabase(options);
    const { key } = await newClient(database.db).key(["read"]);
    const revoke = async () => {
      await using again = await connectDatabase(options);
      await revokeApiKey(again.db, key.split("_").slice(0, 2).join("_"));
    };
    return { key, revoke };
  }

  function local(address: string): string {
    return address.replace("0.0.0.0", "127.0.0.1");
  }
});
