import { readFileSync } from "node:fs";
import { connectDatabase, type Database } from "@strategy-executor/db";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { alertRules, firing, scrape } from "../testing/alert-rules.ts";
import { type Sample, selectorsOf } from "../testing/promql.ts";
import { startTcpProxy, type TcpProxy } from "../testing/tcp-proxy.ts";
import { startTestServer } from "../testing/test-server.ts";

/** What fires in `workers.long.test.ts`, because it takes processes that are killed and frozen, or a full queue. */
const elsewhere = ["WorkerLost", "AttemptsLost", "QueueNearlyFull"];

const patience = { timeout: 30_000, interval: 200 };

describe("the alert rules and the dashboard", () => {
  const stack = new AsyncDisposableStack();
  let test: TestDatabase;
  let database: Database;
  let line: TcpProxy;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let before: Sample[];
  const fired = new Set<string>(elsewhere);
  beforeAll(async () => {
    test = stack.use(await createTestDatabase("postgres"));
    database = stack.use(await connectDatabase(test.options));
    line = stack.use(await startTcpProxy(test.options.databaseUrl!));
    const url = new URL(test.options.databaseUrl!);
    url.port = new URL(line.url).port;
    server = stack.use(await startTestServer({ databaseUrl: url.href }, { CALLBACK_CIRCUIT_FAILURES: "1" }));
    // Starting blocks the event loop; each scrape begins a new measurement.
    await vi.waitUntil(async () => firing(await scrape(server.address)).length === 0, {
      timeout: 30_000,
      interval: 500,
    });
    before = await scrape(server.address);
  });
  afterAll(() => stack.disposeAsync());

  it("refer to metrics, labels and values that there are", async () => {
    const text = await (await fetch(`${server.address}/metrics`)).text();
    const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
    const dashboard = JSON.parse(
      readFileSync(new URL("../../../../docs/observability/dashboard.json", import.meta.url), "utf8"),
    ) as {
      panels: readonly { targets: readonly { expr: string }[] }[];
    };
    const shown = dashboard.panels.flatMap(({ targets }) =>
      targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "1m")),
    );
    expect(shown.length).toBeGreaterThan(20);
    const selectors = [...alertRules().map(({ expr }) => expr), ...shown].flatMap(selectorsOf);
    const labels = new Set(before.flatMap((sample) => Object.keys(sample.labels)).concat("strategy", "outcome", "le"));
    const strange = selectors.flatMap(({ name, matchers, grouping }) => {
      const part = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
      const isKnown = types.has(name) ? types.get(name) !== "histogram" : types.get(part) === "histogram";
      const unmatched = matchers.filter(
        ({ label, value }) => !before.some((sample) => sample.name === name && sample.labels[label] === value),
      );
      return [
        ...(isKnown ? [] : [name]),
        ...unmatched.map(({ label, value }) => `${name}{${label}="${value}"}`),
        ...grouping.filter((label) => !labels.has(label)).map((label) => `${name} by (${label})`),
      ];
    });
    expect(strange).toEqual([]);
  });

  it("show every metric of the service", async () => {
    const text = await (await fetch(`${server.address}/metrics`)).text();
    const all = [...text.matchAll(/^# TYPE (strategy_executor_\w+) /gm)].map(([, name]) => name!);
    const page = readFileSync(new URL("../../../../docs/deployment.md", import.meta.url), "utf8");
    expect(all.filter((name) => !page.includes(`\`${name.replace("strategy_executor_", "")}\``))).toEqual([]);
  });

  it("fire when an execution waits, all threads compute, and one runs long", async () => {
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => submit({ milliseconds: 60_000 })));
    await expect.poll(alerts(), patience).toContain("ThreadsBusy");
    await database.db.execute(
      `update executions set accepted_at = now() - interval '2 minutes' where status = 'pending'`,
    );
    await expect.poll(alerts(), patience).toContain("QueueOld");
    await database.db.execute(
      `update execution_events set at = now() - interval '11 minutes' where status = 'running'`,
    );
    await expect.poll(alerts(), patience).toContain("ExecutionRunsLong");
    for (const id of [first!, ...others]) await fetch(`${server.address}/executions/${id}/cancel/`, { method: "POST" });
  });

  it("fire when an execution shows running although its worker is gone", async () => {
    const id = await submit({ milliseconds: 60_000 });
    await expect.poll(async () => statusOf(id), { timeout: 20_000 }).toBe("running");
    // As one that nobody interrupts, because its worker is not known.
    await database.db.execute(`update execution_events set worker = null where execution_id = ${id}`);
    await expect.poll(alerts(), patience).toContain("ExecutionWithoutWorker");
    await fetch(`${server.address}/executions/${id}/cancel/`, { method: "POST" });
  });

  it("fire when executions fail, and a receiver", async () => {
    await Promise.all([1, 2, 3, 4].map(() => submit({ milliseconds: -1 }, "http://127.0.0.1:1/")));
    await expect.poll(alerts(), patience).toContain("MostFail");
    await expect.poll(alerts(), patience).toContain("ReceiverFails");
  });

  it("fire when a schedule misses a fire", async () => {
    const strategy = { strategy_name: "BoldAssetAllocation", parameters: {} };
    const response = await fetch(`${server.address}/schedules/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        name: "late",
        ...strategy,
        when: { cron: "0 * * * *", exchange: "XNYS" },
        catch_up: "none",
      }),
    });
    expect(response.status).toBe(201);
    await database.db.execute(`update schedules set next_at = date_trunc('hour', now()) - interval '3 hours'`);
    await expect.poll(alerts(), patience).toContain("ScheduleMissed");
  });

  it("fire when the event loop is blocked", async () => {
    const blocked = new Int32Array(new SharedArrayBuffer(4));
    const afterABlock = async () => {
      // The server runs in this process. A block that begins at once after a scrape is not measured.
      Atomics.wait(blocked, 0, 0, 700);
      return alerts()();
    };
    await expect.poll(afterABlock, patience).toContain("EventLoopBlocked");
  });

  it("fire when the database does not answer", async () => {
    line.leadTo(null);
    line.cut();
    await expect.poll(alerts(), patience).toContain("DatabaseSilent");
    line.leadTo(test.options.databaseUrl!);
  });

  it("fire when no worker is there, and callbacks wait", async () => {
    await using other = await createTestDatabase("postgres");
    await using api = await startTestServer(other.options, { ROLE: "api" });
    await using connected = await connectDatabase(other.options);
    const id = await submit({ milliseconds: 1 }, "http://127.0.0.1:1/", api.address);
    await expect.poll(alerts(api.address), patience).toContain("NoWorker");
    await fetch(`${api.address}/executions/${id}/cancel/`, { method: "POST" });
    await connected.db.execute(`update pgboss.job set created_on = now() - interval '2 minutes',
      start_after = now() - interval '2 minutes' where name = 'callbacks'`);
    await expect.poll(alerts(api.address), patience).toContain("CallbacksOld");
  });

  it("fire each in one of these tests", () => {
    expect([...fired].toSorted()).toEqual(
      alertRules()
        .map(({ alert }) => alert.replace("StrategyExecutor", ""))
        .toSorted(),
    );
  });

  /** Reads what fires now. */
  function alerts(address = server.address): () => Promise<string[]> {
    return async () => {
      const names = firing(await scrape(address), before);
      for (const name of names) fired.add(name);
      return names;
    };
  }

  async function statusOf(id: number): Promise<unknown> {
    return ((await (await fetch(`${server.address}/executions/${id}/`)).json()) as { status: unknown }).status;
  }

  async function submit(parameters: object, callback_url?: string, address = server.address): Promise<number> {
    const response = await fetch(`${address}/strategies/execute/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "Slow", parameters, callback_url }),
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { execution_id: number }).execution_id;
  }
});
