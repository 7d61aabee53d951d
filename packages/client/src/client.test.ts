import { builtInStrategies } from "@strategy-executor/core";
import { startReceiver } from "@strategy-executor/core/testing";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { newClient, startTestApp, type TestApp } from "@strategy-executor/server/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, createClient, ExecutionFailedError, type FeedUpdate, isRefused } from "./index.ts";

describeDatabases("the client", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  let client: Client;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options);
    client = createClient({ url: app.address });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  afterEach(released);

  describe("executeAndWait", () => {
    it("resolves with the result, and reports every event on the way", async () => {
      const seen: string[] = [];
      const result = await client.executeAndWait(
        "BoldAssetAllocation",
        { variant: "BAA-G4", initial_capital: 1_000 },
        { onUpdate: (update) => void (update.kind === "event" && seen.push(update.event.status)) },
      );
      expect(result.variant).toBe("BAA-G4");
      expect(result.portfolio.offensive_assets).toEqual(expect.any(Array));
      expect(result.final_value).toBeCloseTo(1_000 * (1 + result.return), 6);
      expect(seen).toEqual(["pending", "running", "completed"]);
    });

    it("accepts any strategy of the service", async () => {
      expect(await client.executeAndWait("Slow", { milliseconds: 1 })).toMatchObject({ strategy: "Slow" });
      expect(await client.executeAndWait("MovingAverageCrossover")).toMatchObject({ position: { symbol: "SPY" } });
    });

    it("throws the strategy's error", async () => {
      const parameters = { variant: "INVALID" as "BAA-G4" };
      const failed = await client.executeAndWait("BoldAssetAllocation", parameters).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(ExecutionFailedError);
      expect(failed).toMatchObject({
        message: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
        execution: { status: "failed", strategy: "BoldAssetAllocation", execution_parameters: { variant: "INVALID" } },
      });
    });

    it("throws when the execution is cancelled", async () => {
      const waiting = client.executeAndWait(
        "Slow",
        { milliseconds: 60_000 },
        {
          onUpdate(update) {
            if (update.kind === "event" && update.event.status === "running")
              void client.executions.cancel(update.event.execution_id);
          },
        },
      );
      await expect(waiting).rejects.toMatchObject({ message: "Cancelled", execution: { status: "cancelled" } });
    });

    it("stops waiting on abort, and does not cancel the execution", async () => {
      const giveUp = new AbortController();
      const reason = new Error("no more time");
      let id = 0;
      const waiting = client.executeAndWait(
        "Slow",
        { milliseconds: 300 },
        {
          signal: giveUp.signal,
          onUpdate(update) {
            id = update.kind === "event" ? update.event.execution_id : id;
            giveUp.abort(reason);
          },
        },
      );
      await expect(waiting).rejects.toBe(reason);
      await released();
      await vi.waitUntil(async () => (await client.executions.get(id)).status === "completed", { timeout: 10_000 });
      await expect(client.executeAndWait("Slow", {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });

    it("rejects when the service refuses the request", async () => {
      const refused = await client.executeAndWait("Nope").catch((error: unknown) => error);
      expect(isRefused(refused)).toBe(true);
      expect(refused).toMatchObject({
        message: expect.stringMatching(
          /^Unknown strategy: Nope\. Available strategies: BoldAssetAllocation, .*, Slow, Unhurried$/,
        ),
        data: { code: "NOT_FOUND", httpStatus: 404, fields: [] },
      });
    });
  });

  describe("executions", () => {
    it("are submitted, listed, read and cancelled, and show what their receiver said", async () => {
      await using receiver = await startReceiver();
      const { execution_id, status } = await client.execute(
        "Slow",
        { milliseconds: 60_000 },
        { callback_url: receiver.url },
      );
      expect(status).toBe("pending");
      const { executions } = await client.executions.list({ strategy: "Slow", limit: 1 });
      expect(executions).toMatchObject([{ execution_id }]);
      expect(await client.executions.cancel(execution_id)).toMatchObject({ execution_id, status: "cancelled" });
      const again = await client.executions.cancel(execution_id).catch((error: unknown) => error);
      expect(isRefused(again) && again.data.code).toBe("CONFLICT");
      await receiver.arrived(1);
      await vi.waitUntil(async () => (await client.executions.get(execution_id)).callback?.sent);
      const { attempts } = await client.executions.deliveryAttempts(execution_id, { limit: 1 });
      expect(attempts).toMatchObject([{ number: 1, response: { status_code: 200 } }]);
    });

    it("have series when completed", async () => {
      const { execution_id } = await client.execute("MovingAverageCrossover", { symbol: "QQQ" });
      await Array.fromAsync(client.executions.watch(execution_id));
      const { dates, equity } = await client.executions.series(execution_id);
      expect(equity).toHaveLength(dates.length);
    });

    it("name the invalid fields of a refused filter", async () => {
      const refused = await client.executions.list({ limit: 501 }).catch((error: unknown) => error);
      expect(isRefused(refused) && refused.data.fields).toEqual([{ path: "limit", message: expect.any(String) }]);
    });
  });

  describe("strategies and prices", () => {
    it("are listed", async () => {
      const names = (await client.strategies.list()).map(({ name }) => name);
      expect(names).toEqual([...builtInStrategies.map(({ name }) => name), "Slow", "Unhurried"]);
      expect(await client.strategies.get("Slow")).toMatchObject({ name: "Slow", variants: [] });
      await client.prices.import({ ticker: "SPY", csv: "date,close,adj_close\n2024-01-02,10,9\n" });
      expect(await client.prices.list()).toMatchObject([{ ticker: "SPY", rows: 1, source: "upload" }]);
    });
  });

  describe("executions.watch", () => {
    it("yields the events after any known event", async () => {
      const { execution_id } = await client.execute("Slow", { milliseconds: 1 });
      for (const after of [0, 1, 2, 3]) {
        const numbers: number[] = [];
        for await (const update of client.executions.watch(execution_id, { after }))
          if (update.kind === "event") numbers.push(update.event.number);
        expect(numbers).toEqual([1, 2, 3].slice(after));
      }
    });

    it("closes its connection when the loop is left", async () => {
      const { execution_id } = await client.execute("Slow", { milliseconds: 60_000 });
      for await (const update of client.executions.watch(execution_id)) {
        expect(app.ctx.events.size).toBe(1);
        if (update.kind === "event") break;
      }
      await released();
      await client.executions.cancel(execution_id);
    });

    it("refuses an execution that does not exist", async () => {
      const refused = await client.executions
        .watch(999_999)
        .next()
        .catch((error: unknown) => error);
      expect(isRefused(refused) && refused.data.code).toBe("NOT_FOUND");
    });
  });

  describe("executions.watchAll", () => {
    it("yields every event from now on, in order within an execution", async () => {
      const feed = client.executions.watchAll();
      expect(await feed.next()).toMatchObject({ value: { kind: "start", cursor: expect.any(String) } });
      const ids = await Promise.all(
        [1, 2, 3].map(async () => (await client.execute("Slow", { milliseconds: 1 })).execution_id),
      );
      const seen = new Map<number, string[]>();
      let completed = 0;
      for await (const update of feed) {
        if (update.kind !== "event") continue;
        const { execution_id, status } = update.event;
        // Any open transaction on the same server holds back the events of earlier tests.
        if (!ids.includes(execution_id)) continue;
        seen.set(execution_id, [...(seen.get(execution_id) ?? []), status]);
        if (status === "completed" && (completed += 1) === 3) break;
      }
      expect([...seen.keys()].toSorted()).toEqual(ids.toSorted());
      // One that waits too long for the thread is pending again.
      for (const statuses of seen.values()) expect(statuses.join()).toMatch(/^(pending,running,)+completed$/);
    });

    it("yields only matching events, and resumes by cursor", async () => {
      let after = await begin();
      await client.executeAndWait("Slow", { milliseconds: 1 });
      const { execution_id } = await client.execute("BoldAssetAllocation");
      await Array.fromAsync(client.executions.watch(execution_id));
      const filter = { after, strategy: "BoldAssetAllocation" };
      // Any open transaction on the same server holds back the events of earlier tests.
      const isEarlier = (update: FeedUpdate) => update.kind === "event" && update.event.execution_id < execution_id;
      for await (const update of client.executions.watchAll({ ...filter, status: "completed" })) {
        if (isEarlier(update)) continue;
        expect(update).toMatchObject({ kind: "event", event: { execution_id, number: 3, status: "completed" } });
        break;
      }
      const numbers: number[] = [];
      while (numbers.length < 3) {
        for await (const update of client.executions.watchAll({ ...filter, after })) {
          after = update.cursor;
          if (isEarlier(update)) continue;
          if (update.kind === "event") numbers.push(update.event.number);
          break;
        }
      }
      expect(numbers).toEqual([1, 2, 3]);
    });

    it("ends with the signal's reason", async () => {
      const stop = new AbortController();
      const feed = client.executions.watchAll({}, { signal: stop.signal });
      await feed.next();
      const next = feed.next();
      stop.abort(new Error("enough"));
      await expect(next).rejects.toThrow("enough");
    });
  });

  it("batches concurrent calls within the limit of the service", async () => {
    const asked: string[] = [];
    const counting = createClient({
      url: `${app.address}/`,
      fetch: (url, init) => {
        asked.push(new URL(String(url)).pathname);
        return fetch(url, init);
      },
    });
    const answers = await Promise.all(Array.from({ length: 25 }, () => counting.strategies.get("Slow")));
    expect(answers).toHaveLength(25);
    expect(asked.map((path) => path.split(",").length)).toEqual([20, 5]);
  });

  it("sends its key with calls and with streams", async () => {
    const keys: (string | null)[] = [];
    const keyed = createClient({
      url: app.address,
      apiKey: "sk_123",
      fetch: (url, init) => {
        keys.push(new Headers(init?.headers).get("authorization"));
        return fetch(url, init);
      },
    });
    await keyed.executeAndWait("Slow", { milliseconds: 1 });
    expect(keys).toEqual(["Bearer sk_123", "Bearer sk_123", "Bearer sk_123"]);
  });

  it("is accepted with its key, and refused without", async () => {
    await using own = await create();
    await using keyed = await startTestApp(own.options, { auth: "on" });
    const { key: apiKey } = await newClient(keyed.ctx.database.db).key(["read", "execute"]);
    const welcome = createClient({ url: keyed.address, apiKey });
    expect(await welcome.executeAndWait("Slow", { milliseconds: 1 })).toMatchObject({ strategy: "Slow" });
    const refused = await createClient({ url: keyed.address })
      .executeAndWait("Slow")
      .catch((error: unknown) => error);
    expect(isRefused(refused) && refused.data).toMatchObject({ code: "UNAUTHORIZED", httpStatus: 401 });
    const watching = createClient({ url: keyed.address, apiKey: "wrong" }).executions.watchAll();
    await expect(watching.next()).rejects.toThrow("The API key is unknown, revoked or expired");
    await expect(welcome.prices.import({ csv: "" })).rejects.toMatchObject({ data: { code: "FORBIDDEN" } });
  });

  /** A cursor after all past events. */
  async function begin(): Promise<string> {
    for await (const { cursor } of client.executions.watchAll()) return cursor;
    throw new Error("The feed ended");
  }

  async function released(): Promise<void> {
    await vi.waitUntil(() => app.ctx.events.size === 0, { timeout: 10_000 });
  }
});
