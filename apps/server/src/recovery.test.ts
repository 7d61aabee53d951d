import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { type ServerProcess, startServerProcess } from "./testing/server-process.ts";

describeDatabases("a server that ends in the middle of its work", (create) => {
  it("loses no execution when it is killed", async () => {
    await using test = await create();
    await using receiver = await startReceiver();
    const killed = await startServerProcess(test.options);
    const ids = await Promise.all(
      [1, 2, 3, 4].map((n) => submit(killed, { milliseconds: n === 4 ? 1 : 500 }, `${receiver.url}/${n}`)),
    );
    await until(killed, ids[0]!, "running");
    await killed.end("SIGKILL");
    await using restarted = await startServerProcess(test.options);
    await receiver.arrived(4);
    for (const id of ids) await until(restarted, id, "completed");
    expect(new Set(receiver.received.map(({ body }) => body.execution_id))).toEqual(new Set(ids));
  }, 60_000);

  it("makes a delivery again, with the same id, when it is killed before the answer is recorded", async () => {
    await using test = await create();
    await using receiver = await startReceiver((res) => {
      if (receiver.received.length > 1) res.end("ok");
    });
    const killed = await startServerProcess(test.options);
    const id = await submit(killed, { milliseconds: 1 }, receiver.url);
    await receiver.arrived(1);
    await killed.end("SIGKILL");
    await using restarted = await startServerProcess(test.options);
    await receiver.arrived(2);
    const [first, second] = receiver.received;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toEqual(first?.body);
    await expect
      .poll(() => read(restarted, `/executions/${id}/`), { timeout: 10_000 })
      .toMatchObject({
        callback: { sent: true, response: { status_code: 200, response_text: "ok" } },
      });
    expect(await read(restarted, `/executions/${id}/callback/attempts/`)).toMatchObject({
      attempts: [
        { number: 2, response: { status_code: 200 } },
        { number: 1, response: { error: "Interrupted" } },
      ],
    });
  }, 60_000);

  it("finishes what runs when it is asked to end, and hands back what takes too long", async () => {
    await using test = await create();
    const ending = await startServerProcess(test.options, { SHUTDOWN_TIMEOUT_MS: "1500", COMPUTE_THREADS: "2" });
    const long = await submit(ending, { milliseconds: 60_000 });
    const short = await submit(ending, { milliseconds: 500 });
    await until(ending, long, "running");
    await until(ending, short, "running");
    expect(await ending.end("SIGTERM")).toBe(0);

    await using next = await startServerProcess(test.options, { EXECUTION_TIMEOUT_MS: "1000" });
    expect(await read(next, `/executions/${short}/`)).toMatchObject({ status: "completed" });
    await until(next, long, "failed");
    expect(await read(next, `/executions/${long}/`)).toMatchObject({ error_message: "Time limit of 1 s exceeded" });
  }, 60_000);

  it("fails an execution that ends the process each time it is tried", async () => {
    await using test = await create();
    await using receiver = await startReceiver();
    const environment = { EXECUTION_MAX_ATTEMPTS: "2", LOG_LEVEL: "debug" };
    let server = await startServerProcess(test.options, environment);
    const id = await submit(server, { milliseconds: 60_000 }, receiver.url);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await server.logged(`"attempt":${attempt},"msg":"execution started"`);
      await server.end("SIGKILL");
      server = await startServerProcess(test.options, environment);
    }
    await using last = server;
    await receiver.arrived(1);
    expect(await read(last, `/executions/${id}/`)).toMatchObject({
      status: "failed",
      error_message: "The execution was interrupted 2 times and is not tried again",
    });
  }, 90_000);

  it("does the rest of a sweep, and comes to the same, when it is killed in the middle of it", async () => {
    await using test = await create();
    await using receiver = await startReceiver();
    // Of two chunks; the second takes 1.5 s.
    const sweep = {
      strategy_name: "Slow",
      parameters: { end_date: "2004-03-31" },
      grid: { axes: { milliseconds: { from: 1, to: 64 } } },
      objective: "return",
    };
    const post = async (server: ServerProcess, callback_url?: string) =>
      ((await (await postTo(server, "/sweeps/", { ...sweep, callback_url })).json()) as { execution_id: number })
        .execution_id;
    const killed = await startServerProcess(test.options, { COMPUTE_THREADS: "1" });
    const id = await post(killed, receiver.url);
    await expect
      .poll(async () => (await read(killed, `/sweeps/${id}/`))["evaluated"], { timeout: 30_000, interval: 10 })
      .toBeGreaterThan(0);
    await killed.end("SIGKILL");
    expect(receiver.received).toEqual([]);
    await using restarted = await startServerProcess(test.options);
    await receiver.arrived(1);
    expect(await read(restarted, `/sweeps/${id}/`)).toMatchObject({ status: "completed", evaluated: 64, failed: 0 });
    const undisturbed = await post(restarted);
    await until(restarted, undisturbed, "completed");
    const [first, second] = await Promise.all(
      [id, undisturbed].map(async (one) => (await fetch(`${restarted.url}/sweeps/${one}/table/`)).text()),
    );
    expect(first!.trim().split("\n")).toHaveLength(65);
    expect(first).toBe(second);
    const [result, again] = await Promise.all([id, undisturbed].map((one) => read(restarted, `/sweeps/${one}/`)));
    expect(result!["result"]).toEqual(again!["result"]);
  }, 180_000);
});

describe("a server whose PostgreSQL connections are cut again and again", () => {
  it("stays up, refuses what it cannot take and loses nothing that it accepted", async () => {
    await using test = await createTestDatabase("postgres");
    await using receiver = await startReceiver();
    await using server = await startServerProcess(test.options);
    const client = postgres(test.options.databaseUrl ?? "", { max: 1, onnotice: () => undefined });
    const accepted = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      const submissions = Array.from({ length: 20 }, () => tryToSubmit(server, receiver.url));
      await client`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
      for (const id of await Promise.all(submissions)) if (id !== null) accepted.add(id);
    }
    await client.end();
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
    for (const id of accepted) await until(server, id, "completed");
    const called = () => new Set(receiver.received.map(({ body }) => body.execution_id));
    await expect.poll(() => accepted.difference(called()).size, { timeout: 30_000 }).toBe(0);
    expect(accepted.size).toBeGreaterThan(0);
  }, 120_000);
});

/** Null when the server says that it cannot take it. Any other answer than these two is a fault. */
async function tryToSubmit(server: ServerProcess, callback_url: string): Promise<number | null> {
  const response = await fetch(`${server.url}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 }, callback_url }),
  });
  if (response.status === 503) return null;
  expect(response.status).toBe(202);
  return ((await response.json()) as { execution_id: number }).execution_id;
}

async function submit(server: ServerProcess, parameters: object, callback_url?: string): Promise<number> {
  const response = await postTo(server, "/strategies/execute/", { strategy_name: "Slow", parameters, callback_url });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

function postTo(server: ServerProcess, path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function read(server: ServerProcess, path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(server.url + path)).json()) as Record<string, unknown>;
}

function until(server: ServerProcess, id: number, status: string): Promise<void> {
  return expect
    .poll(async () => (await read(server, `/executions/${id}/`))["status"], { timeout: 30_000, interval: 20 })
    .toBe(status);
}
