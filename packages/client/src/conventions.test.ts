import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase, freePort, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestApp, type TestApp } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, ConnectionError, createClient, ExecutionFailedError, isRefused } from "./index.ts";

let database: TestDatabase;
let app: TestApp;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp(database.options);
  client = createClient({ url: app.address });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe("an address where the service is not", () => {
  it("is named, with the reason, by all calls", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const away = createClient({ url: `${url}/`, retries: 1 });
    const message = `No service answers at ${url} (ECONNREFUSED)`;
    for (const call of [
      () => away.executions.get(1),
      () => away.executeAndWait("BoldAssetAllocation"),
      () => away.sweeps.cancel(1),
      () => away.procedures.getSession.query({}),
    ]) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ name: "ConnectionError", message, url });
      expect(isRefused(error)).toBe(false);
    }
  });

  it("is named when another program answers there", async () => {
    const other = createServer((_request, response) => response.writeHead(404).end("<h1>Nothing here</h1>"));
    await once(other.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      const error: unknown = await createClient({ url })
        .executions.list()
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ message: `${url} does not answer as the strategy executor does (status 404)` });
    } finally {
      other.close();
    }
  });
});

describe("an answer that is lost on the way", () => {
  it("is asked for again by reads", async () => {
    const line = unreliable(2);
    const { name } = await createClient({ url: app.address, fetch: line.fetch }).strategies.get("Slow");
    expect({ name, requests: line.requests }).toEqual({ name: "Slow", requests: 3 });
  });

  it("does not submit twice", async () => {
    const line = unreliable(2);
    const cutOff = createClient({ url: app.address, fetch: line.fetch });
    const { execution_id } = await cutOff.execute("Slow", { milliseconds: 1 }, { label: "lost answers" });
    expect(line.requests).toBe(3);
    const { executions } = await client.executions.list({ label: "lost answers" });
    expect(executions.map((execution) => execution.execution_id)).toEqual([execution_id]);

    const sweeping = unreliable(1);
    const swept = createClient({ url: app.address, fetch: sweeping.fetch });
    const before = (await client.sweeps.list()).sweeps.length;
    await swept.sweeps.submit(sweep);
    expect(sweeping.requests).toBe(2);
    expect((await client.sweeps.list()).sweeps).toHaveLength(before + 1);
  });

  it("is submitted again with the same content only", async () => {
    const again = { idempotency_key: "mine-1" };
    const first = await client.execute("Slow", { milliseconds: 1 }, again);
    expect((await client.execute("Slow", { milliseconds: 1 }, again)).execution_id).toBe(first.execution_id);
    const other = await client.execute("Slow", { milliseconds: 2 }, again).catch((error: unknown) => error);
    expect(isRefused(other) && other.data.code).toBe("CONFLICT");
  });

  it("is reported for changes that must not happen twice, and when there are no more retries", async () => {
    const line = unreliable(1);
    const cutOff = createClient({ url: app.address, fetch: line.fetch });
    await expect(cutOff.secrets.create()).rejects.toThrow(`No service answers at ${app.address} (ECONNRESET)`);
    expect(line.requests).toBe(1);
    const longer = unreliable(9);
    const patient = createClient({ url: app.address, fetch: longer.fetch, retries: 2 });
    await expect(patient.strategies.list()).rejects.toThrow(ConnectionError);
    expect(longer.requests).toBe(3);
  });
});

describe("a service that puts calls off", () => {
  it("is asked again when it says so, if that is soon", async () => {
    const line = refusing(503, "0");
    await createClient({ url: app.address, fetch: line.fetch }).strategies.get("Slow");
    expect(line.requests).toBe(2);
    const later = refusing(503, "60");
    await expect(createClient({ url: app.address, fetch: later.fetch }).strategies.get("Slow")).rejects.toThrow(
      ConnectionError,
    );
    expect(later.requests).toBe(1);
  });

  it("is not asked again after a refusal", async () => {
    const line = unreliable(0);
    await expect(createClient({ url: app.address, fetch: line.fetch }).executions.get(999_999)).rejects.toThrow(
      "There is no execution 999999",
    );
    expect(line.requests).toBe(1);
  });
});

describe("a signal", () => {
  const reason = new Error("no more time");

  it("ends every call with its own reason", async () => {
    const call = { signal: AbortSignal.abort(reason) };
    for (const aborted of [
      () => client.execute("Slow", {}, call),
      () => client.strategies.list(call),
      () => client.executions.list({}, call),
      () => client.executions.get(1, call),
      () => client.executions.redeliver(1, call),
      () => client.executions.watch(1, call).next(),
      () => client.sweeps.submit(sweep, call),
      () => client.sweeps.submitAndWait(sweep, call),
      () => client.callbacks.redeliver({ ids: [1] }, call),
      () => client.secrets.create({}, call),
      () => client.prices.list(call),
    ])
      await expect(aborted()).rejects.toBe(reason);
  });

  it("ends the wait before a repetition", async () => {
    const giveUp = new AbortController();
    const line = refusing(503, "5");
    const waiting = createClient({
      url: app.address,
      async fetch(url, init) {
        const answer = await line.fetch(url, init);
        setImmediate(() => giveUp.abort(reason));
        return answer;
      },
    }).strategies.list({ signal: giveUp.signal });
    await expect(waiting).rejects.toBe(reason);
    expect(line.requests).toBe(1);
  });
});

const sweep = {
  strategy_name: "MovingAverageCrossover",
  grid: { axes: { short_window: [5, 10], long_window: [50, 100] } },
};

describe("sweeps, secrets and redelivery", () => {
  it("sweep, follow and read the table", async () => {
    const seen: string[] = [];
    const done = await client.sweeps.submitAndWait(sweep, {
      onUpdate: (update) => void (update.kind === "event" && seen.push(update.event.status)),
    });
    expect(done).toMatchObject({ status: "completed", combinations: 4 });
    expect(seen).toEqual(["pending", "running", "completed"]);
    const { rows } = await client.sweeps.table(done.execution_id, { limit: 3 });
    expect(rows).toHaveLength(3);
    const { sweeps } = await client.sweeps.list({ limit: 1 });
    expect(sweeps).toMatchObject([{ execution_id: done.execution_id }]);
    expect((await client.sweeps.get(done.execution_id)).status).toBe("completed");
    const again = await client.sweeps.cancel(done.execution_id).catch((error: unknown) => error);
    expect(isRefused(again) && again.data.code).toBe("CONFLICT");
  });

  it("throw when a sweep is cancelled", async () => {
    const slow = { strategy_name: "Slow", parameters: { milliseconds: 60_000 }, grid: { axes: { seed: [1, 2] } } };
    const waiting = client.sweeps.submitAndWait(slow, {
      onUpdate(update) {
        if (update.kind === "event" && update.event.status === "running")
          void client.sweeps.cancel(update.event.execution_id);
      },
    });
    const error: unknown = await waiting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ExecutionFailedError);
    expect(error).toMatchObject({ message: "Cancelled", execution: { status: "cancelled" } });
  });

  it("create, rotate, list and end secrets", async () => {
    const first = await client.secrets.create();
    const second = await client.secrets.rotate({ overlap_hours: 1 });
    expect(second.secret).toMatch(/^whsec_/);
    const known = (await client.secrets.list()).map(({ secret_id }) => secret_id);
    expect(known).toEqual(expect.arrayContaining([first.secret_id, second.secret_id]));
    for (const id of known) expect((await client.secrets.end(id)).active).toBe(false);
  });

  it("send callbacks again, one or many", async () => {
    await using receiver = await startReceiver();
    const { execution_id } = await client.execute("Slow", { milliseconds: 1 }, { callback_url: receiver.url });
    await receiver.arrived(1);
    await vi.waitUntil(async () => (await client.executions.get(execution_id)).callback?.sent);
    await client.executions.redeliver(execution_id);
    await receiver.arrived(2);
    const filter = { ids: [execution_id], include_delivered: true };
    await vi.waitUntil(async () => (await client.executions.deliveryAttempts(execution_id)).attempts.length === 2);
    expect(await client.callbacks.redeliver({ ...filter, dry_run: true })).toMatchObject({ redelivered: 1 });
    await client.callbacks.redeliver(filter);
    await receiver.arrived(3);
    expect(await client.callbacks.receivers()).toEqual(expect.any(Array));
  });
});

interface Line {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: number;
}

/** A network that loses the first answers, after the service has done what it was asked. */
function unreliable(losses: number): Line {
  let requests = 0;
  return {
    async fetch(url, init) {
      requests += 1;
      const answer = await fetch(url, init);
      if (requests > losses) return answer;
      await answer.arrayBuffer();
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("lost"), { code: "ECONNRESET" }) });
    },
    get requests() {
      return requests;
    },
  };
}

/** A proxy that refuses the first request and names a time. */
function refusing(status: number, retryAfter: string): Line {
  let requests = 0;
  return {
    async fetch(url, init) {
      requests += 1;
      if (requests > 1) return fetch(url, init);
      return new Response("busy", { status, headers: { "retry-after": retryAfter } });
    },
    get requests() {
      return requests;
    },
  };
}
