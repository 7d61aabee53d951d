import { startReceiver } from "@strategy-executor/core/testing";
import { connectDatabase } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { startTcpProxy } from "../testing/tcp-proxy.ts";
import { startTestServer } from "../testing/test-server.ts";

describeDatabases("the metrics", (create) => {
  it("count accepted, running, finished and delivered executions, with durations", async () => {
    await using test = await create();
    await using server = await startTestServer(test.options, { COMPUTE_THREADS: "1" });
    await using taking = await startReceiver();
    await using refusing = await startReceiver((res) => res.writeHead(500).end());
    for (const url of [taking.url, refusing.url, "http://127.0.0.1:1/secret-path"]) {
      await submit(server.address, "BoldAssetAllocation", { variant: "INVALID" }, url);
    }
    await submit(server.address, "MovingAverageCrossover", {}, taking.url);
    const long = await Promise.all(
      Array.from({ length: 6 }, () => submit(server.address, "Slow", { milliseconds: 60_000 })),
    );
    await expect
      .poll(() => read(server.address), { timeout: 20_000 })
      .toMatchObject({
        strategy_executor_executions_accepted_total: 10,
        'strategy_executor_executions_finished_total{status="completed"}': 1,
        'strategy_executor_executions_finished_total{status="failed"}': 3,
        'strategy_executor_executions_finished_total{status="cancelled"}': 0,
        'strategy_executor_run_seconds_count{strategy="BoldAssetAllocation"}': 3,
        'strategy_executor_run_seconds_count{strategy="MovingAverageCrossover"}': 1,
        'strategy_executor_delivery_seconds_count{outcome="delivered"}': 2,
        'strategy_executor_delivery_seconds_count{outcome="refused"}': 1,
        'strategy_executor_delivery_seconds_count{outcome="not_answered"}': 1,
        strategy_executor_compute_threads: 1,
        strategy_executor_compute_threads_busy: 1,
        strategy_executor_database_connections: test.kind === "pglite" ? 1 : 12,
      });
    // An execution that is being started may be counted as waiting or as running.
    const unfinished = async () => {
      const now = await read(server.address);
      return now["strategy_executor_executions_running"]! + now["strategy_executor_executions_waiting"]!;
    };
    await expect.poll(unfinished, { timeout: 20_000 }).toBe(6);
    // Executions that wait for the thread are given back within a second.
    const waiting = async () => (await read(server.address))["strategy_executor_executions_waiting"];
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    const busy = await read(server.address);
    // The request for metrics is counted too.
    expect(busy["strategy_executor_database_statements"]).toBeGreaterThanOrEqual(0);
    expect(busy["strategy_executor_executions_running"]).toBeGreaterThanOrEqual(1);
    expect(busy["nodejs_eventloop_lag_p99_seconds"]).toBeGreaterThan(0);

    for (const id of long) await fetch(`${server.address}/executions/${id}/cancel/`, { method: "POST" });
    await expect
      .poll(() => read(server.address), { timeout: 20_000 })
      .toMatchObject({
        'strategy_executor_executions_finished_total{status="cancelled"}': 6,
        strategy_executor_executions_running: 0,
        strategy_executor_executions_waiting: 0,
        strategy_executor_compute_threads_busy: 0,
        strategy_executor_compute_waiting: 0,
        strategy_executor_callbacks_under_way: 0,
        strategy_executor_receivers_circuit_open: 0,
      });
    const text = await (await fetch(`${server.address}/metrics`)).text();
    for (const secret of [taking.url, refusing.url, "secret-path", "127.0.0.1", "INVALID"]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("the metrics of schedules", () => {
  it("count fires, missed ones and waiting runs, and how late fires were", async () => {
    await using test = await createTestDatabase("postgres");
    await using server = await startTestServer(test.options);
    await using database = await connectDatabase(test.options);
    expect(await read(server.address)).toMatchObject({
      strategy_executor_schedule_fires_total: 0,
      strategy_executor_schedule_fires_missed_total: 0,
      strategy_executor_schedule_runs_waiting: 0,
    });
    const schedule = async (one: object) => {
      const strategy = { strategy_name: "BoldAssetAllocation", parameters: { use_real_data: true } };
      const response = await fetch(`${server.address}/schedules/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...strategy, ...one }),
      });
      expect(response.status).toBe(201);
    };
    for (const catch_up of ["latest", "none"]) {
      await schedule({ name: catch_up, when: { cron: "0 * * * *", exchange: "XNYS" }, catch_up });
    }
    // Down for two hours and more: one runs the newest of three fires, the other those that are hardly late.
    await database.db.execute(`update schedules set next_at = date_trunc('hour', now()) - interval '2 hours'`);
    // A schedule's creation wakes the scheduler.
    await schedule({ name: "another", when: { cron: "0 0 1 1 *" } });
    await expect
      .poll(
        async () => {
          const now = await read(server.address);
          return now["strategy_executor_schedule_fires_total"]! + now["strategy_executor_schedule_fires_missed_total"]!;
        },
        { timeout: 20_000 },
      )
      .toBe(6);
    const now = await read(server.address);
    const fires = now["strategy_executor_schedule_fires_total"]!;
    expect([1, 2]).toContain(fires);
    expect(now["strategy_executor_schedule_lag_seconds_count"]).toBe(fires);
    await expect
      .poll(() => read(server.address), { timeout: 20_000 })
      .toMatchObject({ strategy_executor_schedule_runs_waiting: fires });
  });
});

describe("who may read the metrics", () => {
  it("is limited to administrators when keys are on; a worker serves metrics on a port of its own", async () => {
    await using test = await createTestDatabase("postgres");
    await using database = await connectDatabase(test.options);
    const keyring = newClient(database.db);
    const { key: admin } = await keyring.key(["admin"]);
    const { key: reader } = await keyring.key(["read", "execute"]);
    await using api = await startTestServer(test.options, { ROLE: "api", AUTH: "on" });
    await using worker = await startTestServer(test.options, { ROLE: "worker", AUTH: "on", METRICS_PORT: "0" });
    const { port } = JSON.parse(worker.lines.find((line) => line.includes("serving metrics"))!) as { port: number };
    for (const address of [api.address, `http://127.0.0.1:${port}`]) {
      const statusFor = async (key?: string) =>
        (await fetch(`${address}/metrics`, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } }))
          .status;
      expect([await statusFor(), await statusFor(reader), await statusFor(admin)]).toEqual([401, 403, 200]);
    }
    await submit(api.address, "MovingAverageCrossover", {}, undefined, reader);
    const finished = async () =>
      (await read(`http://127.0.0.1:${port}`, admin))[
        'strategy_executor_executions_finished_total{status="completed"}'
      ];
    await expect.poll(finished, { timeout: 20_000 }).toBe(1);
    const response = await fetch(`${api.address}/metrics`, { headers: { authorization: `Bearer ${admin}` } });
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).not.toContain("compute_threads");
    for (const name of [keyring.client, "sx_"]) expect(text).not.toContain(name);
  });

  it("includes the other metrics while the database is unavailable", async () => {
    await using test = await createTestDatabase("postgres");
    await using line = await startTcpProxy(test.options.databaseUrl!);
    const url = new URL(test.options.databaseUrl!);
    url.port = new URL(line.url).port;
    await using server = await startTestServer({ databaseUrl: url.href });
    expect(await read(server.address)).toHaveProperty("strategy_executor_executions_waiting", 0);
    line.leadTo(null);
    line.cut();
    const samples = await read(server.address);
    expect(samples).toHaveProperty("strategy_executor_executions_accepted_total", 0);
    expect(samples).not.toHaveProperty("strategy_executor_executions_waiting");
    line.leadTo(test.options.databaseUrl!);
  });
});

/** Values by name and labels. */
async function read(address: string, key?: string): Promise<Record<string, number>> {
  const response = await fetch(`${address}/metrics`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  const samples = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    samples.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

async function submit(
  address: string,
  strategy_name: string,
  parameters: object,
  callback_url?: string,
  key?: string,
): Promise<number> {
  const response = await fetch(`${address}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ strategy_name, parameters, callback_url }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { execution_id: number }).execution_id;
}
