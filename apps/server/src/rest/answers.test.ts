import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Document, operationsOf, responseOf, schemaChecker } from "../testing/document.ts";
import { startTestServer } from "../testing/test-server.ts";

/** An operation, the status it answers with, and the path and body that make it do so. */
type Case = [operation: string, status: number, path: string, sent?: RequestInit];

/** Stand in the paths below for the numbers of executions that were submitted like this. */
const submitted = {
  COMPLETED: { idempotency_key: "used", strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } },
  FAILED: { strategy_name: "BoldAssetAllocation", parameters: { variant: "INVALID" } },
  UNENDED: { strategy_name: "Slow", parameters: { milliseconds: 60_000 } },
};

const csv = {
  headers: { "content-type": "text/csv" },
  body: "date,ticker,close,adj_close\n2024-01-02,DEMO,100,99.5\n",
};
const json = (body: unknown) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const lastEvent = (id: string) => ({ headers: { "Last-Event-ID": id } });

const cases: readonly Case[] = [
  ["executeStrategy", 202, "/strategies/execute/", json({ strategy_name: "MovingAverageCrossover" })],
  ["executeStrategy", 400, "/strategies/execute/", { ...json({}), body: "{" }],
  ["executeStrategy", 404, "/strategies/execute/", json({ strategy_name: "Nope" })],
  // The key was used for another submission before.
  [
    "executeStrategy",
    409,
    "/strategies/execute/",
    json({ strategy_name: "BoldAssetAllocation", idempotency_key: "used" }),
  ],
  ["executeStrategy", 413, "/strategies/execute/", json("x".repeat(1_100_000))],
  ["executeStrategy", 415, "/strategies/execute/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["executeStrategy", 422, "/strategies/execute/", json({ strategy_name: 7, callback_url: "x" })],
  ["listStrategies", 200, "/strategies/"],
  ["listStrategies", 422, "/strategies/?page=2"],
  ["getStrategy", 200, "/strategies/BoldAssetAllocation/"],
  ["getStrategy", 404, "/strategies/%ff/"],
  ["getStrategy", 404, "/strategies/Nope/"],
  ["getStrategy", 422, "/strategies/BoldAssetAllocation/?version=2"],
  ["listExecutions", 200, "/executions/?limit=2"],
  ["listExecutions", 422, "/executions/?limit=0&status=done"],
  ["getExecution", 200, "/executions/COMPLETED/"],
  ["getExecution", 200, "/executions/FAILED/"],
  ["getExecution", 200, "/executions/UNENDED/"],
  ["getExecution", 404, "/executions/%ff/"],
  ["getExecution", 404, "/executions/999999/"],
  ["getExecution", 422, "/executions/COMPLETED/?full=1"],
  ["getSeries", 200, "/executions/COMPLETED/series/"],
  ["getSeries", 404, "/executions/%ff/series/"],
  ["getSeries", 404, "/executions/999999/series/"],
  ["getSeries", 409, "/executions/FAILED/series/"],
  ["getSeries", 422, "/executions/COMPLETED/series/?from=2020"],
  ["listDeliveryAttempts", 200, "/executions/COMPLETED/callback/attempts/"],
  ["listDeliveryAttempts", 404, "/executions/%ff/callback/attempts/"],
  ["listDeliveryAttempts", 404, "/executions/999999/callback/attempts/"],
  ["listDeliveryAttempts", 422, "/executions/COMPLETED/callback/attempts/?cursor=x"],
  ["watchExecution", 200, "/executions/COMPLETED/events/"],
  ["watchExecution", 204, "/executions/COMPLETED/events/", lastEvent("3")],
  ["watchExecution", 404, "/executions/%ff/events/"],
  ["watchExecution", 404, "/executions/999999/events/"],
  ["watchExecution", 422, "/executions/COMPLETED/events/", lastEvent("x")],
  ["cancelExecution", 422, "/executions/UNENDED/cancel/?force=1"],
  ["cancelExecution", 202, "/executions/UNENDED/cancel/"],
  ["cancelExecution", 404, "/executions/%ff/cancel/"],
  ["cancelExecution", 404, "/executions/999999/cancel/"],
  ["cancelExecution", 409, "/executions/COMPLETED/cancel/"],
  ["importPrices", 200, "/prices/?source=test", csv],
  ["importPrices", 413, "/prices/", { ...csv, body: csv.body + "x".repeat(2000) }],
  ["importPrices", 415, "/prices/", { ...csv, headers: { "content-type": "text/plain" } }],
  ["importPrices", 422, "/prices/?ticker=", csv],
  ["listPrices", 200, "/prices/"],
  ["listPrices", 422, "/prices/?ticker=DEMO"],
  ["getHealth", 200, "/healthz"],
  ["getReadiness", 200, "/readyz"],
  ["getMetrics", 200, "/metrics"],
  ["getOpenapiJson", 200, "/openapi.json"],
  ["getOpenapiYaml", 200, "/openapi.yaml"],
];

describe("answers of the server", () => {
  const stack = new AsyncDisposableStack();
  const ids = new Map<string, number>();
  let address: string;
  let document: Document;
  let check: ReturnType<typeof schemaChecker>;

  beforeAll(async () => {
    const database = stack.use(await createTestDatabase("pglite"));
    const receiver = stack.use(await startReceiver());
    const server = stack.use(await startTestServer(database.options, { PRICES_MAX_MB: "0.001" }));
    address = server.address;
    document = (await (await fetch(`${address}/openapi.json`)).json()) as Document;
    check = schemaChecker(document, { closed: true });
    for (const [name, body] of Object.entries(submitted)) {
      const response = await send("post", "/strategies/execute/", json({ ...body, callback_url: receiver.url }));
      ids.set(name, ((await response.json()) as { execution_id: number }).execution_id);
    }
    await receiver.arrived(2);
  });

  afterAll(() => stack.disposeAsync());

  it.each(cases)("are as documented: %s %i", async (name, status, path, sent) => {
    const { method, operation } = operationsOf(document).find(
      ({ operation: { operationId } }) => operationId === name,
    )!;
    const response = await send(method, path, sent);
    expect(response.status).toBe(status);
    const documented = responseOf(document, operation, status);
    expect(documented, `${status} is documented`).toBeDefined();
    const text = await response.text();
    const [mediaType = ""] = response.headers.get("content-type")?.split(";") ?? [];
    expect(Object.keys(documented?.content ?? { "": "nothing" })).toEqual([mediaType]);
    const schema = documented?.content?.[mediaType]?.schema ?? { const: "" };
    expect(check(schema, mediaType.endsWith("json") ? JSON.parse(text) : text)).toEqual([]);
  });

  it("are all shown above, but for failures of the server, refused keys and too many requests", () => {
    const documented = operationsOf(document).flatMap(({ operation }) =>
      Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
    );
    expect(new Set(cases.map(([operation, status]) => `${operation} ${status}`))).toEqual(
      new Set(documented.filter((answer) => !/ (401|403|429|5\d\d)$/.test(answer))),
    );
  });

  it("say the same in YAML as in JSON", async () => {
    expect(parse(await (await fetch(`${address}/openapi.yaml`)).text())).toEqual(document);
  });

  it("accept the documented requests", async () => {
    const requests = operationsOf(document).flatMap(({ path, method, operation: { requestBody, responses } }) =>
      Object.entries(requestBody?.content ?? {}).flatMap(([type, { examples = {} }]) =>
        Object.values(examples).map(({ value }) => ({ path, method, type, value, status: Object.keys(responses)[0] })),
      ),
    );
    expect(requests.length).toBeGreaterThan(2);
    for (const { path, method, type, value, status } of requests) {
      const body = typeof value === "string" ? value : JSON.stringify({ ...(value as object), callback_url: null });
      expect(String((await send(method, path, { headers: { "content-type": type }, body })).status)).toBe(status);
    }
  });

  function send(method: string, path: string, sent: RequestInit = {}): Promise<Response> {
    const url = address + path.replace(/[A-Z]{4,}/, (name) => String(ids.get(name) ?? name));
    return fetch(url, { ...sent, method: method.toUpperCase() });
  }
});
