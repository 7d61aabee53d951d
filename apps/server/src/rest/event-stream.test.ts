import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServerProcess, type ServerProcess } from "../testing/server-process.ts";

interface Frame {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: { readonly number: number; readonly status: string };
}

describeDatabases("GET /executions/{id}/events/", (create) => {
  let test: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    test = await create();
    server = await startServerProcess(test.options, { STREAMS_PER_CLIENT: "3", SHUTDOWN_TIMEOUT_MS: "1000" });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("streams every event with its number as id and ends with the terminal one", async () => {
    const id = await submit(200);
    const response = await open(id);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    const frames = await framesOf(response);
    expect(frames.map(({ id: number, event, data }) => `${number} ${event} ${data.status}`)).toEqual([
      "1 event pending",
      "2 event running",
      "3 event completed",
    ]);
  });

  it("resumes after Last-Event-ID, and answers 204 after the last event", async () => {
    const id = await submit(1);
    await framesOf(await open(id));
    expect((await framesOf(await open(id, "1"))).map(({ data }) => data.number)).toEqual([2, 3]);
    expect((await open(id, "3")).statusCode).toBe(204);
    expect((await open(id, "x")).statusCode).toBe(422);
    expect((await open(999_999)).statusCode).toBe(404);
  });

  it("resumes after a restart of the server without a gap or a duplicate", async () => {
    const id = await submit(3_000);
    const before: Frame[] = [];
    const first = await open(id);
    for await (const frame of parse(first)) {
      if (frame.event === "event") before.push(frame);
      if (frame.data.status === "running") break;
    }
    await server.end("SIGKILL");
    server = await startServerProcess(test.options, { STREAMS_PER_CLIENT: "3", SHUTDOWN_TIMEOUT_MS: "1000" });
    const after = await framesOf(await open(id, before.at(-1)?.id));
    expect(before.map(({ data }) => data.number)).toEqual([1, 2]);
    expect(after.map(({ data }) => data.number)).toEqual(after.map((_, index) => index + 3));
    // The new process may see that the old one has died before it runs the execution again.
    const statuses = after.map(({ data }) => data.status);
    expect(statuses.filter((status) => status !== "pending")).toEqual(["running", "completed"]);
  });

  it("limits the streams of a client, and frees the slot of a closed one", async () => {
    const ids = [await submit(60_000), await submit(60_000), await submit(60_000)];
    const streams = await Promise.all(ids.map((id) => open(id)));
    expect((await open(ids[0]!)).statusCode).toBe(429);
    streams[0]!.destroy();
    await expect
      .poll(async () => {
        const again = await open(ids[0]!);
        again.destroy();
        return again.statusCode;
      })
      .toBe(200);
    for (const stream of streams) stream.destroy();
    for (const id of ids) await fetch(`${server.url}/executions/${id}/cancel/`, { method: "POST" });
  });

  it("ends its streams when the server stops", async () => {
    const id = await submit(60_000);
    const stream = await open(id);
    stream.resume();
    const closed = once(stream, "end");
    const ended = server.end("SIGTERM");
    await closed;
    await fetch(`${server.url}/executions/${id}/cancel/`, { method: "POST" }).catch(() => undefined);
    expect(await ended).toBe(0);
  });

  async function submit(milliseconds: number): Promise<number> {
    const response = await fetch(`${server.url}/strategies/execute/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds } }),
    });
    return ((await response.json()) as { execution_id: number }).execution_id;
  }

  async function open(id: number, lastEventId?: string): Promise<IncomingMessage> {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const request = httpGet(`${server.url}/executions/${id}/events/`, { headers, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response;
  }
});

/** The events of the stream until it ends, without progress. */
async function framesOf(response: IncomingMessage): Promise<Frame[]> {
  return (await Array.fromAsync(parse(response))).filter(({ event }) => event === "event");
}

async function* parse(response: IncomingMessage): AsyncGenerator<Frame> {
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
      const data = fields.get("data");
      if (data !== undefined) yield { id: fields.get("id"), event: fields.get("event"), data: JSON.parse(data) };
    }
  }
}
