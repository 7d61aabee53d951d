import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { cancelExecution, executeStrategy } from "@strategy-executor/core";
import { writeProgress } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

interface Frame {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

describeDatabases("tRPC over HTTP", (create) => {
  let test: TestDatabase;
  let app: TestApp;
  const logged: object[] = [];
  beforeAll(async () => {
    test = await create();
    const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
    app = await startTestApp(test.options, { log, streamsPerClient: 3 });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });
  beforeEach(() => logged.splice(0));
  afterEach(released);

  describe("calls", () => {
    it("answers plain JSON", async () => {
      const response = await fetch(toUrl("getStrategy", { name: "Slow" }));
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ result: { data: { name: "Slow", version: "1.0.0" } } });
    });

    it("refuses with the code, the message and the invalid fields", async () => {
      const response = await fetch(toUrl("listExecutions", { limit: 0, state: "x" }));
      expect(response.status).toBe(422);
      expect(await response.json()).toEqual({
        error: {
          code: -32022,
          message: "limit: Too small: expected number to be >=1; state: is not a known field",
          data: {
            code: "UNPROCESSABLE_CONTENT",
            httpStatus: 422,
            path: "listExecutions",
            fields: [
              { path: "limit", message: "Too small: expected number to be >=1" },
              { path: "state", message: "is not a known field" },
            ],
          },
        },
      });
      expect(logged).toEqual([]);
    });

    it.each([
      ["an unknown procedure", "GET", "listNothing?input={}", undefined, 404],
      ["a mutation by GET", "GET", "executeStrategy?input={}", undefined, 405],
      ["malformed JSON in the address", "GET", "listExecutions?input={", undefined, 400],
      ["malformed JSON in the body", "POST", "executeStrategy", "{", 400],
      ["more than 1 MB", "POST", "executeStrategy", JSON.stringify({ strategy_name: "x".repeat(1_100_000) }), 413],
      ["a batch that is too long", "GET", `${"listPrices,".repeat(20)}listPrices?batch=1&input={}`, undefined, 400],
      ["a subscription in a batch", "GET", `watchExecution?batch=1&input={"0":{"execution_id":1}}`, undefined, 400],
    ])("refuses %s without internal details", async (_case, method, path, body, status) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${app.address}/trpc/${path}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      });
      expect(response.status).toBe(status);
      expect(await response.text()).not.toMatch(/stack|node_modules|file:/);
      expect(logged).toEqual([]);
    });

    it("masks unexpected errors, and logs them", async () => {
      await app.ctx.database.db.execute("alter table executions rename to hidden");
      const response = await fetch(toUrl("getExecution", { execution_id: 1 }));
      await app.ctx.database.db.execute("alter table hidden rename to executions");
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({
        error: {
          message: "The server failed to answer this request",
          data: { code: "INTERNAL_SERVER_ERROR", fields: [] },
        },
      });
      expect(logged).toMatchObject([{ procedure: "getExecution", err: expect.any(Error) }]);
    });
  });

  describe("watchExecution", () => {
    it("sends each event with its number as id, and completes", async () => {
      const id = await submit();
      const stream = await open("watchExecution", { execution_id: id });
      expect(stream.headers).toMatchObject({
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      });
      const frames = await Array.fromAsync(framesOf(stream));
      expect(frames[0]).toMatchObject({ event: "connected" });
      expect(frames.at(-1)).toMatchObject({ event: "return" });
      const events = frames.filter(({ data }) => data?.includes('"kind":"event"'));
      expect(events.map(({ id: number, data }) => `${number} ${JSON.parse(data!).event.status}`)).toEqual([
        "1 pending",
        "2 running",
        "3 completed",
      ]);
    });

    it("resumes after the id that the client sends, in the header or in the input", async () => {
      const id = await submit();
      await Array.fromAsync(framesOf(await open("watchExecution", { execution_id: id })));
      const numbers = async (stream: IncomingMessage) =>
        (await Array.fromAsync(framesOf(stream))).flatMap((frame) => frame.id ?? []);
      expect(await numbers(await open("watchExecution", { execution_id: id }, "1"))).toEqual(["2", "3"]);
      expect(await numbers(await open("watchExecution", { execution_id: id, after: 1, lastEventId: "2" }))).toEqual([
        "3",
      ]);
      expect(await numbers(await open("watchExecution", { execution_id: id, after: 2 }))).toEqual(["3"]);
      expect(await numbers(await open("watchExecution", { execution_id: id }, "3"))).toEqual([]);
    });

    it("repeats the id with progress, so that a client cut off after it does not start over", async () => {
      const id = await submit(60_000);
      const stream = await open("watchExecution", { execution_id: id });
      const frames = framesOf(stream);
      await find(frames, ({ data }) => data?.includes('"running"') === true);
      await writeProgress(app.ctx.database.db, id, 1, { fraction: 0.5, phase: "backtest" });
      const progress = await find(frames, ({ data }) => data?.includes('"fraction":0.5') === true);
      expect(progress.id).toBe("2");
      stream.destroy();
      await cancelExecution.call(app.ctx, { execution_id: id });
    });

    it.each([
      [{ execution_id: 999_999 }, "There is no execution 999999", "NOT_FOUND"],
      [{ execution_id: 1, lastEventId: "x" }, "lastEventId: is not the number of an event", "UNPROCESSABLE_CONTENT"],
    ])("refuses %j", async (input, message, code) => {
      const frames = await Array.fromAsync(framesOf(await open("watchExecution", input)));
      const error = frames.find(({ event }) => event === "serialized-error");
      expect(JSON.parse(error?.data ?? "")).toMatchObject({ message, data: { code } });
    });
  });

  describe("watchExecutions", () => {
    it("starts with a cursor that misses nothing", async () => {
      const begun = await open("watchExecutions", {});
      const { id: cursor } = await firstOf(begun, "start");
      begun.destroy();
      const id = await submit();
      const seen: string[] = [];
      const stream = await open("watchExecutions", {}, cursor);
      for await (const { data } of framesOf(stream)) {
        const { event } = JSON.parse(data === undefined || data === "" ? "{}" : data);
        if (event?.execution_id === id) seen.push(event.status);
        if (seen.at(-1) === "completed") break;
      }
      expect(seen).toEqual(["pending", "running", "completed"]);
    });

    it("refuses a foreign cursor", async () => {
      const frames = await Array.fromAsync(framesOf(await open("watchExecutions", { after: "x" })));
      expect(frames.find(({ event }) => event === "serialized-error")?.data).toContain("is not a cursor of this feed");
    });
  });

  it("limits the streams of a client, and frees their slots when it disconnects", async () => {
    const streams = await Promise.all([1, 2, 3].map(() => open("watchExecutions", {})));
    for (const stream of streams) await firstOf(stream, "start");
    const refused = await Array.fromAsync(framesOf(await open("watchExecutions", {})));
    expect(refused.find(({ event }) => event === "serialized-error")?.data).toContain("TOO_MANY_REQUESTS");
    for (const stream of streams) stream.destroy();
    await released();
    const stream = await open("watchExecutions", {});
    await firstOf(stream, "start");
    stream.destroy();
  });

  async function released(): Promise<void> {
    await vi.waitUntil(() => app.ctx.events.size === 0, { timeout: 10_000 });
  }

  function toUrl(procedure: string, input: object): string {
    return `${app.address}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
  }

  async function submit(milliseconds = 1): Promise<number> {
    const input = { strategy_name: "Slow", parameters: { milliseconds } };
    return (await executeStrategy.call(app.ctx, input)).execution_id;
  }

  async function open(procedure: string, input: object, lastEventId?: string): Promise<IncomingMessage> {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const [response] = (await once(httpGet(toUrl(procedure, input), { headers, agent: false }), "response")) as [
      IncomingMessage,
    ];
    return response;
  }
});

/** Reads up to the first frame of this kind of update, and leaves the stream open. */
function firstOf(stream: IncomingMessage, kind: string): Promise<Frame> {
  return find(framesOf(stream), ({ data }) => data?.includes(`"kind":"${kind}"`) === true);
}

async function find(frames: AsyncGenerator<Frame>, isWanted: (frame: Frame) => boolean): Promise<Frame> {
  for (let read = await frames.next(); read.done !== true; read = await frames.next()) {
    if (isWanted(read.value)) return read.value;
  }
  throw new Error("The stream ended before");
}

async function* framesOf(stream: IncomingMessage): AsyncGenerator<Frame> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks.filter((lines) => lines.trim() !== "")) {
      yield Object.fromEntries(
        block
          .trim()
          .split("\n")
          .map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
      );
    }
  }
}
