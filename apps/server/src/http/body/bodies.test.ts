import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../testing/test-app.ts";

let app: TestApp;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  const database = stack.use(await createTestDatabase());
  app = stack.use(await startTestApp(database.options, { engine: { works: false } }));
});
afterAll(() => stack.disposeAsync());

interface Transport {
  readonly name: string;
  readonly path: string;
  /** The JSON of a submission with this JSON as parameters. */
  readonly body: (parameters: string) => string;
  /** The refusal in the form of the transport. */
  readonly refusalOf: (answer: never) => { readonly message: string; readonly paths: readonly string[] };
}

const graphql = "mutation Submit($input: ExecuteStrategyInput!) { executeStrategy(input: $input) { __typename } }";

const transports: readonly Transport[] = [
  {
    name: "REST",
    path: "/strategies/execute/",
    body: (parameters) => `{"strategy_name":"MovingAverageCrossover","parameters":${parameters}}`,
    refusalOf: ({ detail, errors = [] }: { detail: string; errors?: { path: string }[] }) => ({
      message: detail,
      paths: errors.map(({ path }) => path),
    }),
  },
  {
    name: "tRPC",
    path: "/trpc/executeStrategy",
    body: (parameters) => `{"strategy_name":"MovingAverageCrossover","parameters":${parameters}}`,
    refusalOf: ({ error }: { error: { message: string; data: { fields: { path: string }[] } } }) => ({
      message: error.message,
      paths: error.data.fields.map(({ path }) => path),
    }),
  },
  {
    name: "GraphQL",
    path: "/graphql",
    body: (parameters) =>
      `{"query":${JSON.stringify(graphql)},"variables":{"input":{"strategyName":"MovingAverageCrossover","parameters":${parameters}}}}`,
    refusalOf: ({ errors }: { errors: [{ message: string; extensions: { fields?: { path: string }[] } }] }) => ({
      message: errors[0].message,
      paths: (errors[0].extensions.fields ?? []).map(({ path }) => path),
    }),
  },
];

describe.each(transports)("JSON bodies over $name", ({ path, body, refusalOf }) => {
  async function post(sent: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
    const response = await fetch(app.address + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: sent,
    });
    return { status: response.status, answer: (await response.json()) as never };
  }

  it.each([
    [{ "content-type": "application/json; charset=utf-8" }],
    [{ "content-type": 'application/json;charset="UTF8"' }],
    [{ "content-type": "Application/JSON" }],
  ])("are read with %j", async (headers) => {
    const { status } = await post(body("{}"), headers);
    expect([200, 202]).toContain(status);
  });

  it.each(["euc-kr", "utf-16", "iso-8859-1"])("are refused in the charset %s", async (charset) => {
    const { status, answer } = await post(body("{}"), { "content-type": `application/json; charset=${charset}` });
    expect(status).toBe(415);
    expect(refusalOf(answer).message).toBe(`JSON is read as UTF-8 only, not as ${charset}`);
  });

  it("are refused with line and byte where they are not UTF-8", async () => {
    const [head, tail] = body('{"symbol":"?"}').split("?") as [string, string];
    const bytes = Buffer.concat([Buffer.from(`\n${head}`), Buffer.of(0xb0, 0xa1), Buffer.from(tail)]);
    const { status, answer } = await post(new Uint8Array(bytes));
    expect(status).toBe(400);
    expect(refusalOf(answer).message).toBe(
      `The body is not UTF-8: line 2, byte ${head.length + 2} of the body (0xB0) cannot be read`,
    );
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["x-gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ] as const)("are unpacked from %s", async (coding, compress) => {
    const { status } = await post(new Uint8Array(compress(body('{"symbol":"SPY"}'))), { "content-encoding": coding });
    expect([200, 202]).toContain(status);
  });

  it("are refused in another content coding, by its name", async () => {
    const { status, answer } = await post(body("{}"), { "content-encoding": "compress" });
    expect(status).toBe(415);
    expect(refusalOf(answer).message).toContain("Content-Encoding compress is not supported");
  });

  it("are refused above 1 MB in the form of the transport", async () => {
    const { status, answer } = await post(body(JSON.stringify({ symbol: "A".repeat(1_100_000) })));
    expect(status).toBe(413);
    expect(refusalOf(answer).message).toBe("The body is larger than 1 MB");
  });

  it.each([
    ['{"__proto__":{"symbol":"QQQ"}}', "__proto__", "is not an allowed name"],
    ['{"a":[{"\\u005f_proto__":1}]}', "a.0.__proto__", "is not an allowed name"],
    ['{"initial_capital":1e400}', "initial_capital", "1e400 is too large for a number"],
    ['{"a":[1,-2E+999]}', "a.1", "-2E+999 is too large for a number"],
    [
      '{"seed":9007199254740993}',
      "seed",
      "9007199254740993 has more digits than a number keeps: it would become 9007199254740992",
    ],
    ['{"a":{"b":-1e-400}}', "a.b", "-1e-400 is too small for a number"],
    ['{"seed":1,"symbol":"SPY","seed":2}', "seed", "is there twice"],
    ['{"a":[{},{"b\\"":[{"c":{}}],"\\u0062\\"":0}]}', 'a.1.b"', "is there twice"],
  ])("are refused where a value would be lost: %s", async (parameters, place, message) => {
    const { answer } = await post(body(parameters));
    const refusal = refusalOf(answer);
    expect(refusal.message).toContain(message);
    expect(refusal.paths).toEqual([expect.stringMatching(new RegExp(`parameters\\.${place.replaceAll(".", "\\.")}$`))]);
  });
});

describe("prices", () => {
  const csv = "date,ticker,close,adj_close\n2024-01-02,GZ,10,9\n";

  async function load(sent: Uint8Array<ArrayBuffer>, coding: string) {
    const response = await fetch(`${app.address}/prices/`, {
      method: "POST",
      headers: { "content-type": "text/csv", "content-encoding": coding },
      body: sent,
    });
    return { status: response.status, answer: (await response.json()) as { rows?: number; detail?: string } };
  }

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["x-gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ] as const)("are unpacked from %s", async (coding, compress) => {
    expect(await load(new Uint8Array(compress(csv)), coding)).toMatchObject({ status: 200, answer: { rows: 1 } });
  });

  it("are refused where they do not unpack, and in another coding", async () => {
    expect(await load(new Uint8Array(Buffer.from(csv)), "gzip")).toMatchObject({
      status: 400,
      answer: { detail: "The body is not valid gzip: incorrect header check" },
    });
    expect(await load(new Uint8Array(gzipSync(csv).subarray(0, 20)), "gzip")).toMatchObject({ status: 400 });
    expect(await load(new Uint8Array(Buffer.from(csv)), "zstd")).toMatchObject({ status: 400 });
    expect(await load(new Uint8Array(Buffer.from(csv)), "compress")).toMatchObject({ status: 415 });
  });
});

describe("refusals before a transport handles the request", () => {
  const long = "x".repeat(9_000);

  it("have the form of the transport: 414", async () => {
    const rest = await fetch(`${app.address}/executions/?strategy=${long}`);
    expect([rest.status, rest.headers.get("content-type")]).toEqual([
      414,
      expect.stringContaining("application/problem+json"),
    ]);
    const trpc = await fetch(`${app.address}/trpc/listExecutions?input=${long}`);
    expect(await trpc.json()).toMatchObject({ error: { message: expect.any(String), data: { httpStatus: 414 } } });
    const query = await fetch(`${app.address}/graphql?query=${long}`);
    expect([query.status, await query.json()]).toEqual([
      414,
      { errors: [expect.objectContaining({ message: expect.any(String) })] },
    ]);
  });

  it("have the form of the transport: 431", async () => {
    const headers = { "x-long": "y".repeat(20_000) };
    const trpc = await fetch(`${app.address}/trpc/listExecutions`, { headers });
    expect(await trpc.json()).toMatchObject({ error: { data: { httpStatus: 431 } } });
    const query = await fetch(`${app.address}/graphql?query=%7B__typename%7D`, { headers });
    expect([query.status, await query.json()]).toEqual([
      431,
      { errors: [expect.objectContaining({ message: expect.any(String) })] },
    ]);
  });

  it("leave room for queries of tRPC by POST", async () => {
    const response = await fetch(`${app.address}/trpc/listStrategies`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(await response.json()).toMatchObject({ result: { data: { strategies: expect.any(Array) } } });
  });
});
