import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeDatabases } from "@strategy-executor/db/testing";
import { startServerProcess, startTcpProxy, startTestApp } from "@strategy-executor/server/testing";
import { expect, it, vi } from "vitest";
import { type Client, createClient, type FeedUpdate } from "./index.ts";

describeDatabases("a client that is cut off", (create) => {
  it("receives every event of an execution once and in order", async () => {
    await using database = await create();
    await using app = await startTestApp(database.options);
    await using proxy = await startTcpProxy(app.address);
    const client = createClient({ url: proxy.url });
    const { execution_id } = await client.execute("Slow", { milliseconds: 500 });
    const seen: string[] = [];
    for await (const update of client.executions.watch(execution_id)) {
      if (update.kind !== "event") continue;
      seen.push(`${update.event.number} ${update.event.status}`);
      expect(proxy.cut()).toBeGreaterThan(0);
    }
    expect(seen).toEqual(["1 pending", "2 running", "3 completed"]);
    await vi.waitUntil(() => app.ctx.events.size === 0);
  });

  it("receives every event of the feed once, in order within an execution", async () => {
    await using database = await create();
    await using app = await startTestApp(database.options);
    await using proxy = await startTcpProxy(app.address);
    const direct = createClient({ url: app.address });
    const feed = createClient({ url: proxy.url }).executions.watchAll();
    await feed.next();
    // Cut before the first event: events until the reconnect must not be missed.
    expect(proxy.cut()).toBe(1);
    const ids = await submit(direct, 30);
    const seen = await collect(feed, ids, (count) => {
      if (count === 40) proxy.cut();
    });
    for (const id of ids) expect(seen.get(id)).toEqual(["1 pending", "2 running", "3 completed"]);
    expect([...seen.keys()].toSorted()).toEqual(ids.toSorted());
    await vi.waitUntil(() => app.ctx.events.size === 0);
  });

  it("resumes after a restart of the server, after SIGKILL and after SIGTERM", async () => {
    await using database = await create();
    const environment = { SHUTDOWN_TIMEOUT_MS: "500" };
    await using stack = new AsyncDisposableStack();
    let server = await startServerProcess(database.options, environment);
    stack.defer(async () => void (await server.end("SIGKILL")));
    await using proxy = await startTcpProxy(server.url);
    const client = createClient({ url: proxy.url });
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const feed = client.executions.watchAll();
      await feed.next();
      const before = await submit(client, 5);
      const program = waitInOwnProcess(proxy.url);
      await vi.waitUntil(async () => {
        const { executions } = await client.executions.list({ strategy: "Slow", status: "running" });
        return executions.some(({ execution_parameters }) => execution_parameters?.["milliseconds"] === 2_000);
      }, 20_000);
      proxy.leadTo(null);
      await server.end(signal);
      server = await startServerProcess(database.options, environment);
      proxy.leadTo(server.url);

      expect(await program).toMatchObject({ strategy: "Slow", final_value: expect.any(Number) });
      const after = await submit(createClient({ url: server.url }), 5);
      const ids = [...before, ...after];
      const seen = await collect(feed, ids);
      for (const id of ids) {
        const events = seen.get(id)!;
        expect(events.map((event) => Number.parseInt(event, 10))).toEqual(events.map((_, index) => index + 1));
        expect(events.at(-1)).toMatch(/completed$/);
      }
    }
  });
});

it("reconnects when a proxy answers in place of the service", async () => {
  let streams = 0;
  const answers = [
    new Response("Bad gateway", { status: 502 }),
    new Response("Too many requests", { status: 429 }),
    new Response("event: return\ndata: \n\n", { headers: { "content-type": "text/event-stream" } }),
  ];
  const client = createClient({ url: "http://localhost", fetch: async () => answers[streams++]! });
  await Array.fromAsync(client.executions.watch(1));
  expect(streams).toBe(3);
});

it("does not reconnect to something else than the service", async () => {
  const notFound = async () => new Response("Not found", { status: 404 });
  const client = createClient({ url: "http://localhost", fetch: notFound });
  await expect(client.executions.watch(1).next()).rejects.toThrow("404");
});

async function submit(client: Client, count: number): Promise<number[]> {
  const accepted = await Promise.all(Array.from({ length: count }, () => client.execute("Slow", { milliseconds: 1 })));
  return accepted.map(({ execution_id }) => execution_id);
}

/** Reads the feed until all these executions have ended. Returns the events by execution. */
async function collect(
  feed: AsyncGenerator<FeedUpdate, void, undefined>,
  ids: readonly number[],
  onEvent: (count: number) => void = () => undefined,
): Promise<Map<number, string[]>> {
  const seen = new Map<number, string[]>();
  const open = new Set(ids);
  let count = 0;
  for await (const update of feed) {
    if (update.kind !== "event") continue;
    const { execution_id, number, status } = update.event;
    seen.set(execution_id, [...(seen.get(execution_id) ?? []), `${number} ${status}`]);
    if (status === "completed") open.delete(execution_id);
    if (open.size === 0) break;
    onEvent((count += 1));
  }
  return seen;
}

/** Only the pending call keeps this program alive. */
async function waitInOwnProcess(url: string): Promise<object> {
  const program = `
    import { createClient } from "@strategy-executor/client";
    const client = createClient({ url: ${JSON.stringify(url)} });
    console.log(JSON.stringify(await client.executeAndWait("Slow", { milliseconds: 2_000 })));`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", program], {
    cwd,
  });
  return JSON.parse(stdout) as object;
}
