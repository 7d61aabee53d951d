import { type Receiver, startReceiver } from "@strategy-executor/core/testing";
import {
  createTestDatabase,
  describeDatabases,
  startSwallowingProxy,
  type TestDatabase,
} from "@strategy-executor/db/testing";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

/** Starting a server takes seconds of both cores, so each test continues with the server of the one before. */
describeDatabases("a server that stops in the middle of its work", (create) => {
  const environment = {
    COMPUTE_THREADS: "3",
    EXECUTION_MAX_ATTEMPTS: "2",
    CALLBACK_TIMEOUT_MS: "1000",
    SHUTDOWN_TIMEOUT_MS: "1500",
    LOG_LEVEL: "debug",
  };
  const stack = new AsyncDisposableStack();
  let test: TestDatabase;
  let receiver: Receiver;
  let server: ServerProcess;
  /** Kills the process on every attempt. */
  let fatal: number;
  const restart = async (signal: NodeJS.Signals, settings: Record<string, string> = {}) => {
    const code = await server.end(signal);
    server = await startServerProcess(test.options, { ...environment, ...settings });
    return code;
  };
  const receivedBy = (path: string) => receiver.received.filter((callback) => callback.path === path);
  beforeAll(async () => {
    test = stack.use(await create());
    let silent = true;
    receiver = stack.use(
      await startReceiver((res, { path }) => {
        if (path !== "/silent" || !silent) res.end("ok");
        else silent = false;
      }),
    );
    server = await startServerProcess(test.options, environment);
    stack.defer(async () => void (await server.end("SIGKILL")));
  });
  afterAll(() => stack.disposeAsync());

  it("loses no execution when it is killed, and repeats a delivery with the same id", async () => {
    fatal = await submit(server, { milliseconds: 60_000 }, `${receiver.url}/fatal`);
    const unanswered = await submit(server, { milliseconds: 1 }, `${receiver.url}/silent`);
    await receiver.arrived(1);
    const ids = await Promise.all([1, 2, 3].map(() => submit(server, { milliseconds: 700 }, `${receiver.url}/killed`)));
    await until(server, fatal, "running");
    await until(server, ids[0]!, "running");
    await restart("SIGKILL");

    for (const id of ids) await until(server, id, "completed");
    await expect.poll(() => new Set(receivedBy("/killed").map(({ body }) => body.execution_id))).toEqual(new Set(ids));
    await expect
      .poll(() => read(server, `/executions/${unanswered}/`), { timeout: 20_000 })
      .toMatchObject({ callback: { sent: true, response: { status_code: 200, response_text: "ok" } } });
    const [first, second] = receivedBy("/silent");
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toEqual(first?.body);
    expect(await read(server, `/executions/${unanswered}/callback/attempts/`)).toMatchObject({
      attempts: [
        { number: 2, response: { status_code: 200 } },
        { number: 1, response: { error: "Interrupted" } },
      ],
    });
  });

  it("fails an execution that kills the process on every attempt", async () => {
    await server.logged(`"execution_id":${fatal},"strategy":"Slow","attempt":2,"msg":"execution started"`);
    await restart("SIGKILL");
    await until(server, fatal, "failed");
    expect(await read(server, `/executions/${fatal}/`)).toMatchObject({
      error_message: "The execution was interrupted 2 times and is not tried again",
    });
    await expect.poll(() => receivedBy("/fatal").map(({ body }) => body.status)).toEqual(["failed"]);
  });

  it("finishes a sweep after a kill, with the same result", async () => {
    // Two chunks; the second takes 1.5 s.
    const sweep = {
      strategy_name: "Slow",
      parameters: { end_date: "2004-03-31" },
      grid: { axes: { milliseconds: { from: 1, to: 64 } } },
      objective: "return",
    };
    const post = async (callback_url?: string) =>
      ((await (await postTo(server, "/sweeps/", { ...sweep, callback_url })).json()) as { execution_id: number })
        .execution_id;
    const id = await post(`${receiver.url}/sweep`);
    await expect
      .poll(async () => (await read(server, `/sweeps/${id}/`))["evaluated"], { timeout: 30_000, interval: 10 })
      .toBeGreaterThan(0);
    await restart("SIGKILL");
    expect(receivedBy("/sweep")).toEqual([]);
    await expect.poll(() => receivedBy("/sweep").length, { timeout: 60_000 }).toBe(1);
    expect(await read(server, `/sweeps/${id}/`)).toMatchObject({ status: "completed", evaluated: 64, failed: 0 });
    const undisturbed = await post();
    await until(server, undisturbed, "completed");
    const [first, second] = await Promise.all(
      [id, undisturbed].map(async (one) => (await fetch(`${server.url}/sweeps/${one}/table/`)).text()),
    );
    expect(first!.trim().split("\n")).toHaveLength(65);
    expect(first).toBe(second);
    const [result, again] = await Promise.all([id, undisturbed].map((one) => read(server, `/sweeps/${one}/`)));
    expect(result!["result"]).toEqual(again!["result"]);
  }, 180_000);

  it("on SIGTERM finishes running executions, and requeues those that take too long", async () => {
    const long = await submit(server, { milliseconds: 60_000 });
    const short = await submit(server, { milliseconds: 500 });
    await until(server, long, "running");
    await until(server, short, "running");
    const { lines } = server;
    expect(await restart("SIGTERM", { EXECUTION_TIMEOUT_MS: "1000" })).toBe(0);
    expect(lines.filter((line) => line.includes("could not be handed back"))).toEqual([]);
    expect(await read(server, `/executions/${short}/`)).toMatchObject({ status: "completed" });
    await until(server, long, "failed");
    expect(await read(server, `/executions/${long}/`)).toMatchObject({ error_message: "Time limit of 1 s exceeded" });
  });
});

describe("a worker", () => {
  it("does not start without a database that others can reach", () => {
    expect(() => readConfig({ ROLE: "worker" })).toThrow(
      "ROLE=worker needs DATABASE_URL: the embedded database belongs to one process",
    );
  });
});

describe("a worker whose database does not answer", () => {
  it("ends all the same", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    const settings = { ROLE: "worker", SHUTDOWN_TIMEOUT_MS: "100" };
    await using worker = await startServerProcess({ databaseUrl: proxy.url }, settings);
    proxy.swallowAll();
    expect(await worker.end("SIGTERM")).toBe(0);
    await worker.logged("ended without the last answers of the database");
  }, 25_000);
});

describe("workers that are stopped one after the other", () => {
  it("lose nothing and repeat nothing", async () => {
    await using test = await createTestDatabase("postgres");
    await using receiver = await startReceiver();
    await using api = await startTestServer(test.options, { ROLE: "api" });
    const environment = { ROLE: "worker", COMPUTE_THREADS: "2" };
    await using first = await startServerProcess(test.options, environment);
    const starting = startServerProcess(test.options, environment);
    // Long enough that a worker takes no more than its threads run: a busy machine would hand the others back.
    const ids = await Promise.all(
      Array.from({ length: 40 }, () => submit({ url: api.address }, { milliseconds: 300 }, receiver.url)),
    );
    await first.logged('"msg":"execution completed"');
    await using second = await starting;
    expect(await first.end("SIGTERM")).toBe(0);
    for (const id of ids) await until({ url: api.address }, id, "completed");
    await receiver.arrived(40);
    expect(new Set(receiver.received.map(({ body }) => body.execution_id))).toEqual(new Set(ids));
    expect(receiver.received).toHaveLength(40);
    const completedBy = ({ lines }: ServerProcess) =>
      lines.filter((line) => line.includes('"attempt":1,') && line.includes('"msg":"execution completed"')).length;
    await expect.poll(() => completedBy(first) + completedBy(second), { timeout: 20_000 }).toBe(40);
    expect(completedBy(first)).toBeGreaterThan(0);
  });
});

describe("a server whose PostgreSQL connections are cut repeatedly", () => {
  it("stays up, refuses what it cannot store and loses nothing that it accepted", async () => {
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
    await expect.poll(() => accepted.difference(called()).size, { timeout: 120_000 }).toBe(0);
    expect(accepted.size).toBeGreaterThan(0);
    // A delivery whose recording was cut off is repeated once its attempt must have ended.
  });
});

/** Null when the server refuses with 503. Any other answer is a fault. */
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

async function submit(server: { readonly url: string }, parameters: object, callback_url?: string): Promise<number> {
  const response = await postTo(server, "/strategies/execute/", { strategy_name: "Slow", parameters, callback_url });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

function postTo(server: { readonly url: string }, path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function read(server: { readonly url: string }, path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(server.url + path)).json()) as Record<string, unknown>;
}

function until(server: { readonly url: string }, id: number, status: string): Promise<void> {
  return expect
    .poll(async () => (await read(server, `/executions/${id}/`))["status"], { timeout: 180_000, interval: 20 })
    .toBe(status);
}
