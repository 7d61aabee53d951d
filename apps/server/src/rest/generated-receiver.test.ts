import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Document, schemaChecker } from "../testing/openapi-document.ts";
import { secretsKey } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

const path = "/strategies/execute/";

describe("a receiver generated from the document", () => {
  const stack = new AsyncDisposableStack();
  let address: string;
  let document: Document;

  beforeAll(async () => {
    const database = stack.use(await createTestDatabase());
    const server = stack.use(await startTestServer(database.options, secretsKey));
    address = server.address;
    document = (await (await fetch(`${address}/openapi.json`)).json()) as Document;
  });

  it("receives the documented signatures once there is a secret", async () => {
    const headers = { "content-type": "application/json" };
    const made = await fetch(`${address}/signing-secrets/`, { method: "POST", headers, body: "{}" });
    const { secret_id } = (await made.json()) as { secret_id: string };
    await using receiver = await generateReceiver(document, { strategy_name: "MovingAverageCrossover" });
    await post(path, receiver.request);
    expect(await receiver.received).toMatchObject({
      problems: [],
      headers: { "webhook-signature": expect.any(String) },
    });
    await fetch(`${address}/signing-secrets/${secret_id}/end/`, { method: "POST" });
  });

  afterAll(() => stack.disposeAsync());

  it.each([
    ["completed", { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } }],
    ["completed", { strategy_name: "MovingAverageCrossover", parameters: { short_window: 10, long_window: 30 } }],
    ["completed", { strategy_name: "Slow", parameters: { milliseconds: 1 } }],
    ["failed", { strategy_name: "BoldAssetAllocation", parameters: { variant: "INVALID" } }],
    ["cancelled", { strategy_name: "Slow", parameters: { milliseconds: 60_000 } }],
  ])("receives the documented callback of an execution that is %s: %j", async (status, request) => {
    await using receiver = await generateReceiver(document, request);
    const { execution_id } = await post(path, receiver.request);
    if (status === "cancelled") await post(`/executions/${execution_id}/cancel/`);
    const { body, problems } = await receiver.received;
    expect(problems).toEqual([]);
    expect(body).toMatchObject({ execution_id, strategy: request.strategy_name, status });
    await expect
      .poll(() => callbackOf(execution_id))
      .toMatchObject({ url: receiver.url, sent: true, response: { status_code: 200 } });
  });

  async function post(to: string, body: object = {}): Promise<{ readonly execution_id: number }> {
    const response = await fetch(address + to, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(202);
    return (await response.json()) as { execution_id: number };
  }

  async function callbackOf(id: number): Promise<unknown> {
    return ((await (await fetch(`${address}/executions/${id}/`)).json()) as { callback: unknown }).callback;
  }
});

/** Listens at the documented callback address of the request and checks what arrives against the document. */
async function generateReceiver(document: Document, request: object) {
  const [addresses = {}] = Object.values(document.paths[path]!["post"]!.callbacks ?? {});
  const [[expression, methods] = ["", {}]] = Object.entries(addresses);
  const [[method, { parameters = [], requestBody, responses }] = never()] = Object.entries(methods);
  const [[type, { schema }] = never()] = Object.entries(requestBody!.content);
  const statusCode = Number(Object.keys(responses)[0]!.replace("XX", "00"));
  const check = schemaChecker(document, { closed: true });

  const received = Promise.withResolvers<Received>();
  const server = createServer(async (req, res) => {
    const text = Buffer.concat(await Array.fromAsync(req)).toString("utf8");
    if (req.method !== method.toUpperCase() || `${origin}${req.url}` !== url || req.headers["content-type"] !== type) {
      res.writeHead(404).end();
      return received.reject(new Error(`Not documented: ${req.method} ${req.url} ${req.headers["content-type"]}`));
    }
    res.writeHead(statusCode).end();
    const body = JSON.parse(text) as unknown;
    return received.resolve({
      headers: req.headers,
      body,
      problems: [...headerProblems(req.headers), ...check(schema, body)],
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const complete = { ...request, callback_url: `${origin}/webhook/strategy-result?token=a%20b` };
  const url = evaluate(expression, complete);

  return {
    request: complete,
    url,
    received: received.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  function headerProblems(headers: IncomingHttpHeaders): string[] {
    return parameters.flatMap(({ name, required, schema: header }) => {
      const value = headers[name.toLowerCase()];
      return value === undefined && required !== true ? [] : check(header, value);
    });
  }
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly problems: readonly string[];
}

/** Evaluates the runtime expressions that this document uses. */
function evaluate(template: string, body: unknown): string {
  return template.replaceAll(/\{([^}]*)\}/g, (_, expression: string) => {
    const [source, pointer = ""] = expression.split("#");
    if (source !== "$request.body") throw new Error(`This receiver does not understand ${expression}`);
    const keys = pointer.split("/").slice(1);
    const value = keys
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], body);
    return String(value);
  });
}

function never(): never {
  throw new Error("The document has no callback");
}
