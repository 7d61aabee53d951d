import { once } from "node:events";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { framesOf, openStream, submitSlow } from "../testing/event-stream.ts";
import { startTestServer } from "../testing/test-server.ts";

describeDatabases("GET /executions/{id}/events/", (create) => {
  let test: TestDatabase;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  beforeAll(async () => {
    test = await create();
    server = await startTestServer(test.options, { STREAMS_PER_CLIENT: "3", SHUTDOWN_TIMEOUT_MS: "1000" });
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
    for (const id of ids) await fetch(`${server.address}/executions/${id}/cancel/`, { method: "POST" });
  });

  // The last test: the server is gone after it.
  it("ends its streams when the server stops", async () => {
    const id = await submit(60_000);
    const stream = await open(id);
    stream.resume();
    const closed = once(stream, "end");
    const ended = server[Symbol.asyncDispose]();
    await closed;
    await ended;
    expect(stream.readableEnded).toBe(true);
  });

  const submit = (milliseconds: number) => submitSlow(server.address, milliseconds);
  const open = (id: number, lastEventId?: string) => openStream(server.address, id, lastEventId);
});
