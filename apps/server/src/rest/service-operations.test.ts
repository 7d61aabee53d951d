import { startReceiver } from "@strategy-executor/core/testing";
import type { Ctx } from "@strategy-executor/core";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

interface Counted {
  readonly count: number;
  readonly more: boolean;
}

interface Activity extends Readonly<Record<string, unknown>> {
  readonly waiting: Counted;
  readonly ended_last_hour: Readonly<Record<string, Counted>>;
}

describeDatabases("over REST", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: string;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { auth: "on" });
    admin = (await newClient(app.ctx.database.db).key(["admin"])).key;
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const none = { count: 0, more: false };
  const send = (path: string, init: RequestInit & { readonly headers?: Record<string, string> } = {}, key = admin) =>
    fetch(app.address + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
  const post = (path: string, body: object) =>
    send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const get = async <T>(path: string, key?: string): Promise<T> => (await (await send(path, {}, key)).json()) as T;

  it("a session says who asks, and what is on offer", async () => {
    const client = newClient(app.ctx.database.db);
    const { key } = await client.key(["execute", "read"]);
    expect(await get("/session/", key)).toEqual({
      client: client.client,
      scopes: ["read", "execute"],
      auth: "on",
      mode: "development",
      version: expect.any(String),
      public_url: null,
      mail: false,
      exchanges: ["XNYS", "XKRX", "weekdays"],
    });
  });

  it("an API key is created, used, listed without itself, and revoked", async () => {
    const expires_at = "2035-01-01T00:00:00.000Z";
    const response = await post("/api-keys/", { client: "bots", scopes: ["read"], expires_at });
    expect(response.status).toBe(201);
    const { key, ...shown } = (await response.json()) as Record<string, string>;
    expect(shown).toMatchObject({ client: "bots", scopes: ["read"], expires_at, revoked_at: null, last_used_at: null });
    expect(await get("/session/", key)).toMatchObject({ client: "bots", scopes: ["read"] });
    const { api_keys } = await get<{ api_keys: { prefix: string }[] }>("/api-keys/");
    expect(api_keys.find(({ prefix }) => prefix === shown["prefix"])).toMatchObject({ client: "bots" });
    expect(JSON.stringify(api_keys)).not.toContain(key);
    const revoked = await post(`/api-keys/${shown["prefix"]}/revoke/`, {});
    expect(await revoked.json()).toMatchObject({ prefix: shown["prefix"], revoked_at: expect.any(String) });
    await expect
      .poll(async () => (await get<{ status?: number }>("/session/", key)).status, { timeout: 10_000 })
      .toBe(401);
  });

  describe("activity", () => {
    it("counts what a client has going on, and everybody's for an administrator", async () => {
      const [owner, other] = [newClient(app.ctx.database.db), newClient(app.ctx.database.db)];
      const { key } = await owner.key(["read"]);
      const idle = {
        waiting: none,
        running: none,
        oldest_waiting_at: null,
        ended_last_hour: { completed: none, failed: none, cancelled: none },
        callbacks_due: none,
        given_up_last_day: none,
        open_circuits: none,
      };
      expect(await get("/activity/", key)).toEqual(idle);
      await insert(app.ctx, { client: owner.client, status: "completed", count: 3 });
      await insert(app.ctx, { client: owner.client, status: "failed", count: 2, endedHoursAgo: 2 });
      await insert(app.ctx, { client: owner.client, status: "running", count: 1 });
      await insert(app.ctx, { client: owner.client, status: "cancelled", count: 1, callback: "given up" });
      await insert(app.ctx, { client: owner.client, status: "cancelled", count: 2, callback: "due" });
      expect(await get("/activity/", key)).toEqual({
        ...idle,
        running: { count: 1, more: false },
        ended_last_hour: { completed: { count: 3, more: false }, failed: none, cancelled: { count: 3, more: false } },
        callbacks_due: { count: 2, more: false },
        given_up_last_day: { count: 1, more: false },
      });
      expect(await get("/activity/", (await other.key(["read"])).key)).toEqual(idle);
      const all = await get<Activity>("/activity/", (await other.key(["admin"])).key);
      expect(all["callbacks_due"]).toEqual({ count: 2, more: false });
    });

    it("tells since when the oldest waits, by client", async () => {
      const [one, two] = [newClient(app.ctx.database.db), newClient(app.ctx.database.db)];
      await insert(app.ctx, { client: one.client, status: "pending", count: 2, acceptedHoursAgo: 1 });
      await insert(app.ctx, { client: two.client, status: "pending", count: 1 });
      const oldest = async (of: typeof one) =>
        Date.parse(
          (await get<{ oldest_waiting_at: string }>("/activity/", (await of.key(["read"])).key)).oldest_waiting_at,
        );
      expect(await oldest(one)).toBeLessThan(await oldest(two));
      const all = await get<{ oldest_waiting_at: string }>("/activity/", (await two.key(["admin"])).key);
      expect(Date.parse(all.oldest_waiting_at)).toBe(await oldest(one));
    });

    it("counts no further than 10,000", async () => {
      const { client, key } = newClient(app.ctx.database.db);
      await insert(app.ctx, { client, status: "completed", count: 10_001 });
      const { ended_last_hour: ended } = await get<Activity>("/activity/", (await key(["read"])).key);
      expect(ended["completed"]).toEqual({ count: 10_000, more: true });
    });

    it("counts receivers with an open circuit for those that send to them", async () => {
      const [sender, other] = [newClient(app.ctx.database.db), newClient(app.ctx.database.db)];
      await insert(app.ctx, { client: sender.client, status: "failed", count: 1, callback: "due" });
      await app.ctx.database.db.execute(`
        insert into receiver_reports (origin, process, circuit, under_way)
        values ('https://example.org', gen_random_uuid(), 'open', 0), ('https://example.or', gen_random_uuid(), 'open', 0)`);
      const circuits = async (key: string) => (await get<Activity>("/activity/", key))["open_circuits"];
      expect(await circuits((await sender.key(["read"])).key)).toEqual({ count: 1, more: false });
      expect(await circuits((await other.key(["read"])).key)).toEqual(none);
      expect(await circuits((await other.key(["admin"])).key)).toEqual({ count: 2, more: false });
    });
  });

  it("a series is cut to days, as JSON and as CSV", async () => {
    const body = { strategy_name: "MovingAverageCrossover", parameters: { start_date: "2020-01-01" } };
    const { execution_id: id } = (await (await post("/strategies/execute/", body)).json()) as { execution_id: number };
    const status = async () => (await get<{ status: string }>(`/executions/${id}/`)).status;
    await expect.poll(status, { timeout: 20_000 }).toBe("completed");
    const range = "?from=2020-03-02&to=2020-03-31&every=5";
    const { dates, equity } = await get<{ dates: string[]; equity: number[] }>(`/executions/${id}/series/${range}`);
    expect(dates).toEqual(["2020-03-02", "2020-03-09", "2020-03-16", "2020-03-23", "2020-03-30", "2020-03-31"]);
    const headers = { accept: "text/csv" };
    const csv = await (await send(`/executions/${id}/series/${range}`, { headers })).text();
    expect(
      csv
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(0, 2)),
    ).toEqual(dates.map((date, index) => [date, String(equity[index])]));
  });

  it("the request of a callback is the one that its receiver got, without signatures", async () => {
    await using receiver = await startReceiver();
    await post("/signing-secrets/", {});
    const submitted = await post("/strategies/execute/", {
      strategy_name: "BoldAssetAllocation",
      callback_url: `${receiver.url}/hook`,
    });
    const { execution_id } = (await submitted.json()) as { execution_id: number };
    await receiver.arrived(1);
    const [sent] = receiver.received;
    const request = await get<{ headers: Record<string, string> }>(`/executions/${execution_id}/callback/request/`);
    expect(request).toMatchObject({ method: "POST", url: `${receiver.url}/hook`, body: sent!.text });
    expect(sent!.headers).toMatchObject(request.headers);
    expect(sent!.headers).toHaveProperty("webhook-signature");
    expect(Object.keys(request.headers)).toEqual([
      "content-type",
      "accept",
      "accept-encoding",
      "user-agent",
      "webhook-id",
    ]);
  });

  describe("parameters are checked", () => {
    const check = async (name: string, parameters: object) =>
      (await (await post(`/strategies/${name}/check/`, { parameters })).json()) as Record<string, unknown>;

    it("with their defaults and the universe", async () => {
      expect(await check("MovingAverageCrossover", { symbol: "QQQ" })).toMatchObject({
        valid: true,
        parameters: { symbol: "QQQ", short_window: 20, initial_capital: 100_000 },
        errors: [],
        universe: ["QQQ"],
        missing: [],
      });
    });

    it("with a message for each field at fault, as the execution would fail", async () => {
      const wrong = { variant: "INVALID", initial_capital: -1, nonsense: 2, other: 3 };
      expect(await check("BoldAssetAllocation", wrong)).toMatchObject({
        valid: false,
        parameters: wrong,
        errors: expect.arrayContaining([
          {
            path: "variant",
            message: expect.stringContaining("Unknown variant: INVALID. Available variants: BAA-G12"),
          },
          { path: "initial_capital", message: expect.stringContaining("Invalid initial_capital: -1") },
          { path: "nonsense", message: expect.stringContaining("Unknown parameter: nonsense. Known parameters:") },
          { path: "other", message: expect.stringContaining("Unknown parameter: other") },
        ]),
        universe: [],
      });
    });

    it("against the prices that are stored", async () => {
      const days = (ticker: string, last: string) => `2024-01-02,${ticker},1,1\n${last},${ticker},1,1\n`;
      await send("/prices/", {
        method: "POST",
        headers: { "content-type": "text/csv" },
        body: `date,ticker,close,adj_close\n${days("AAA", "2024-03-01")}${days("BBB", "2024-02-01")}`,
      });
      const real = { use_real_data: true, symbol: "AAA" };
      expect(await check("MovingAverageCrossover", real)).toMatchObject({ universe: ["AAA"], missing: [] });
      expect(await check("MovingAverageCrossover", { ...real, benchmark: "BBB" })).toMatchObject({
        missing: [{ ticker: "BBB", last_day: "2024-02-01" }],
      });
      expect(
        await check("MovingAverageCrossover", { ...real, prices_until: "2024-03-04", benchmark: "NONE" }),
      ).toMatchObject({
        missing: [
          { ticker: "AAA", last_day: "2024-03-01" },
          { ticker: "NONE", last_day: null },
        ],
      });
      const early = { ...real, benchmark: "BBB", end_date: "2024-02-01" };
      expect(await check("MovingAverageCrossover", early)).toMatchObject({ valid: true, missing: [] });
    });
  });

  it("an unknown execution has no request of a callback", async () => {
    expect(await get("/executions/999999/callback/request/")).toMatchObject({ status: 404 });
  });
});

interface Inserted {
  readonly client: string;
  readonly status: string;
  readonly count: number;
  readonly acceptedHoursAgo?: number;
  readonly endedHoursAgo?: number;
  readonly callback?: "due" | "given up";
}

/** Writes executions that nobody will run. */
async function insert(
  { database }: Ctx,
  { client, status, count, acceptedHoursAgo = 0, endedHoursAgo = 0, callback }: Inserted,
): Promise<void> {
  const isEnded = status !== "pending" && status !== "running";
  const state = callback === "due" ? "due" : "ended";
  await database.db.execute(`
    with inserted as (
      insert into executions (client, strategy, version, status, parameters, execution_parameters, accepted_at, completed_at)
      select '${client}', 'Fixed', '1.0.0', '${status}', '{}', '{}',
        clock_timestamp() - ${acceptedHoursAgo} * interval '1 hour',
        case when ${isEnded} then now() - ${endedHoursAgo} * interval '1 hour' end
      from generate_series(1, ${count})
      returning id
    )
    insert into callbacks (execution_id, url, state, delivery_ended_at)
    select id, 'https://example.org/hook', '${state}', case when '${state}' = 'ended' then now() end from inserted
    where ${callback !== undefined}`);
}
