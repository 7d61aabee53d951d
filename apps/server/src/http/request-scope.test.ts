import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { Log } from "@strategy-executor/core";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { post } from "../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

describe("the id of a request", () => {
  let test: TestDatabase;
  let app: TestApp;
  const lines: { readonly request_id?: string }[] = [];
  const log: Log = {
    debug() {},
    info: (fields) => void lines.push(fields),
    warn: (fields) => void lines.push(fields),
    error: (fields) => void lines.push(fields),
  };
  beforeAll(async () => {
    test = await createTestDatabase();
    app = await startTestApp(test.options, { log, engine: { works: false } });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("is in the response, the problem and the log lines", async () => {
    const accepted = await send({ strategy_name: "MovingAverageCrossover" });
    expect(accepted.status).toBe(202);
    const id = accepted.headers.get("x-request-id");
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(lines).toContainEqual(expect.objectContaining({ request_id: id, strategy: "MovingAverageCrossover" }));

    const refused = await send({ strategy_name: 1 });
    expect(refused.headers.get("x-request-id")).not.toBe(id);
    expect(await refused.json()).toMatchObject({ status: 422, request_id: refused.headers.get("x-request-id") });
    const unknown = await fetch(`${app.address}/nowhere`);
    expect(await unknown.json()).toMatchObject({ status: 404, request_id: unknown.headers.get("x-request-id") });
  });

  it("is the client's own if that is valid", async () => {
    const own = await send({ strategy_name: "MovingAverageCrossover" }, "job-7:a.b_c");
    expect(own.headers.get("x-request-id")).toBe("job-7:a.b_c");
    expect(lines).toContainEqual(expect.objectContaining({ request_id: "job-7:a.b_c" }));
    for (const insane of ["", "a b", 'a"b', "a".repeat(129), "<script>"]) {
      expect((await send({}, insane)).headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it("is present over tRPC and GraphQL too", async () => {
    const procedure = await send({ strategy_name: "MovingAverageCrossover" }, "by-trpc", "/trpc/executeStrategy");
    expect(procedure.headers.get("x-request-id")).toBe("by-trpc");
    expect(lines).toContainEqual(expect.objectContaining({ request_id: "by-trpc" }));
    const mutation = `mutation { executeStrategy(input: { strategyName: "MovingAverageCrossover" }) { __typename } }`;
    const answer = await post(app.address, mutation, {}, { "x-request-id": "by-graphql" });
    expect(answer.headers.get("x-request-id")).toBe("by-graphql");
    expect(lines).toContainEqual(expect.objectContaining({ request_id: "by-graphql" }));
  });

  it("is present when the request cannot be parsed", async () => {
    const socket = connect(Number(new URL(app.address).port), "127.0.0.1");
    socket.write("NONSENSE\r\n\r\n");
    const answer = await text(socket);
    const [, id] = /X-Request-Id: (\S+)/.exec(answer)!;
    expect(answer).toContain(`"request_id":"${id}"`);
  });

  function send(body: object, id?: string, path = "/strategies/execute/"): Promise<Response> {
    return fetch(app.address + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(id !== undefined && { "x-request-id": id }) },
      body: JSON.stringify(body),
    });
  }
});
