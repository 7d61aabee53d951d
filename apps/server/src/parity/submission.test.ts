import { cancelExecution, executeStrategy, getExecution, listExecutions } from "@strategy-executor/core";
import { startReceiver } from "@strategy-executor/core/testing";
import { describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it, vi } from "vitest";
import { startTestApp } from "../testing/test-app.ts";
import { describeTransports, type Service } from "./describe-transports.ts";
import { transports } from "./transports.ts";

const dates = { start_date: "2004-01-02", end_date: "2004-02-27" };

describeTransports("a submission", (service, transport) => {
  const { call } = service;
  const crossover = { strategy_name: "MovingAverageCrossover", parameters: dates };

  it("under a key is accepted once, however often it is sent, and refused with other content", async () => {
    const submission = { ...crossover, idempotency_key: `${transport.name}-again` };
    const first = await call(executeStrategy, submission);
    await ended(service, first.execution_id);
    expect(await call(executeStrategy, submission)).toEqual(first);
    await expect(call(executeStrategy, { ...submission, parameters: {} })).rejects.toMatchObject({
      code: "conflict",
      message: "The idempotency key was used for a submission with other content",
      fields: [{ path: "idempotency_key", message: "was used for a submission with other content" }],
    });
    // The repetition may come over any transport.
    for (const other of transports) expect(await call(executeStrategy, submission, other)).toEqual(first);
  });

  it("under a key means the same, whether defaults are written out, are null or are left out", async () => {
    const key = { idempotency_key: `${transport.name}-meaning` };
    const first = await call(executeStrategy, { strategy_name: "MovingAverageCrossover", ...key });
    for (const same of [
      { callback_url: null },
      { parameters: null },
      { parameters: {} },
      { priority: "normal" as const, label: null, time_limit_ms: null, callback_max_attempts: null },
    ]) {
      expect(await call(executeStrategy, { strategy_name: "MovingAverageCrossover", ...key, ...same })).toEqual(first);
    }
    const other = { strategy_name: "MovingAverageCrossover", ...key, priority: "low" as const };
    await expect(call(executeStrategy, other)).rejects.toMatchObject({ code: "conflict" });
  });

  it("with a callback address that is too long as it is sent is refused", async () => {
    const url = (letters: number) => `http://a.invalid/${"가".repeat(letters)}`;
    await expect(call(executeStrategy, { ...crossover, callback_url: url(2_024) })).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "callback_url", message: "18233 characters when percent-encoded, more than 2083" }],
    });
    expect(await call(executeStrategy, { ...crossover, callback_url: url(229) })).toMatchObject({ status: "pending" });
  });

  it("sent twice at once under a key makes one execution", async () => {
    const before = await count(service);
    const submission = { ...crossover, idempotency_key: `${transport.name}-twice` };
    const [one, other] = await Promise.all([call(executeStrategy, submission), call(executeStrategy, submission)]);
    expect(one).toEqual(other);
    expect(await count(service)).toBe(before + 1);
  });

  it("cancelled while it ends is finally one or the other, with one callback", async () => {
    await using receiver = await startReceiver();
    const outcomes: string[] = [];
    for (const [round, reads] of [0, 2, 5].entries()) {
      const { execution_id } = await call(executeStrategy, {
        strategy_name: "Slow",
        parameters: { milliseconds: 5, ...dates },
        callback_url: receiver.url,
      });
      // Cancels a little later in each round.
      for (let read = 0; read < reads; read += 1) await call(getExecution, { execution_id });
      const cancelled = await call(cancelExecution, { execution_id }).then(
        ({ status }) => status,
        (refusal: unknown) => {
          expect(refusal).toMatchObject({ code: "conflict" });
          return "completed";
        },
      );
      outcomes.push(cancelled);
      await receiver.arrived(round + 1);
      expect((await call(getExecution, { execution_id })).status).toBe(cancelled);
    }
    expect(receiver.received.map(({ body }) => body.status)).toEqual(outcomes);
  });
});

describeDatabases("a service whose backlog is full", (create) => {
  it("refuses submissions over every transport until executions have run, with a Retry-After", async () => {
    await using test = await create();
    await using app = await startTestApp(test.options, { engine: { works: false, maxBacklog: 3 } });
    const submit = (transport: (typeof transports)[number]) =>
      transport.call(app.address, executeStrategy.name, { strategy_name: "MovingAverageCrossover" });
    const [rest] = transports;
    const fill = async () => {
      for (;;) await submit(rest!);
    };
    const full = { code: "unavailable", message: "Too many executions wait already: try again later", fields: [] };
    await expect(fill()).rejects.toMatchObject(full);
    for (const transport of transports) await expect(submit(transport)).rejects.toMatchObject(full);
    const text = JSON.stringify({ strategy_name: "MovingAverageCrossover" });
    const mutation = `mutation { executeStrategy(input: { strategyName: "MovingAverageCrossover" }) { __typename } }`;
    for (const [path, body] of [
      ["/strategies/execute/", text],
      ["/trpc/executeStrategy", text],
      ["/trpc/executeStrategy?batch=1", `{"0":${text}}`],
      ["/graphql", JSON.stringify({ query: mutation })],
      ["/graphql", JSON.stringify({ query: mutation.replaceAll("executeStrategy", "a: executeStrategy") })],
    ]) {
      const headers = { "content-type": "application/json" };
      const ask = () => fetch(app.address + path, { method: "POST", headers, body: body! });
      // The limit may be exceeded for a moment.
      let response = await ask();
      while (!/DomainError|Too many executions/.test(await response.text())) response = await ask();
      expect([path, response.headers.get("retry-after")]).toEqual([path, "1"]);
    }
  });
});

describeDatabases("submissions of different priority", (create) => {
  it("run in its order, over whichever transport they were submitted", async () => {
    await using test = await create();
    const priorities = new Map<number, string>();
    {
      await using accepting = await startTestApp(test.options, { engine: { works: false } });
      for (const priority of ["low", null, "high"]) {
        for (const transport of transports) {
          const submission = { strategy_name: "Slow", parameters: { milliseconds: 20, ...dates }, priority };
          const { execution_id } = (await transport.call(accepting.address, executeStrategy.name, submission)) as {
            execution_id: number;
          };
          priorities.set(execution_id, priority ?? "normal");
        }
      }
    }
    await using working = await startTestApp(test.options, { engine: { threads: 1 } });
    const ends = new Map<number, string>();
    for (const id of priorities.keys()) {
      await vi.waitUntil(async () => ends.set(id, await endOf(working.address, id)).get(id) !== "", {
        timeout: 20_000,
      });
    }
    const order = [...ends].toSorted(([, a], [, b]) => (a < b ? -1 : 1)).map(([id]) => priorities.get(id));
    expect(order).toEqual(["high", "normal", "low"].flatMap((priority) => transports.map(() => priority)));
  });
});

describe("the header Idempotency-Key", () => {
  describeDatabases("of REST", (create) => {
    it("is the field idempotency_key", async () => {
      await using test = await create();
      await using app = await startTestApp(test.options);
      const post = async (key: string | null, body: object) => {
        const response = await fetch(`${app.address}/strategies/execute/`, {
          method: "POST",
          headers: { "content-type": "application/json", ...(key !== null && { "idempotency-key": key }) },
          body: JSON.stringify({ strategy_name: "MovingAverageCrossover", ...body }),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      const first = await post("a-header", {});
      expect(first.status).toBe(202);
      expect(await post("a-header", {})).toEqual(first);
      expect(await post(null, { idempotency_key: "a-header" })).toEqual(first);
      expect(await post("a-header", { parameters: { short_window: 7 } })).toMatchObject({ status: 409 });
      expect(await post("a-header", { idempotency_key: "a-header" })).toEqual(first);
      expect(await post("a-header", { idempotency_key: null })).toEqual(first);
      const message = 'is "another" in the body and "a-header" beside it: send it once';
      expect(await post("a-header", { idempotency_key: "another" })).toMatchObject({
        status: 422,
        body: { errors: [{ path: "idempotency_key", message }] },
      });
      const redelivered = await fetch(`${app.address}/schedules/5/pause/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"schedule_id":6}',
      });
      expect(await redelivered.json()).toMatchObject({
        errors: [{ path: "schedule_id", message: "is 6 in the body and 5 beside it: send it once" }],
      });
      expect(await post("\u00e9", {})).toMatchObject({ status: 422, body: { errors: [{ path: "idempotency_key" }] } });
    });
  });
});

/** Empty before the execution ends. */
async function endOf(address: string, execution_id: number): Promise<string> {
  const execution = await transports[0]!.call(address, getExecution.name, { execution_id });
  return (execution as { completed_at: string | null }).completed_at ?? "";
}

async function count({ call }: Service): Promise<number> {
  return (await call(listExecutions, { limit: 500 })).executions.length;
}

async function ended({ call }: Service, execution_id: number) {
  await vi.waitUntil(async () => (await call(getExecution, { execution_id })).completed_at !== null, {
    timeout: 20_000,
  });
  return call(getExecution, { execution_id });
}
