import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { anyCharacter } from "@strategy-executor/core/testing";
import { createTestDatabase, type DatabaseKind, describeDatabases } from "@strategy-executor/db/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Document,
  type DocumentedOperation,
  operationsOf,
  responseOf,
  schemaChecker,
} from "../testing/openapi-document.ts";
import { runCommand } from "../testing/command.ts";
import { schemaArbitrary } from "../testing/schema-arbitrary.ts";
import { noProvider, secretsKey } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

/** For both databases together. `npm run test:fuzz` sends more. */
const requests = Number(process.env["FUZZ_REQUESTS"] ?? 600);

/** A request generated from the document. */
interface Made {
  readonly operation: DocumentedOperation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** Whether the whole request conforms to the document. */
  readonly valid: boolean;
}

interface Part {
  readonly value: unknown;
  /** Whether the value conforms to the document. */
  readonly right: boolean;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

describeDatabases("requests generated from the OpenAPI document,", (_create, kind) => {
  it(`are answered as documented, all ${Math.ceil(requests / 2)} of them, and crash nothing`, async () => {
    await using running = await start(kind);
    const { document, send } = running;
    const check = schemaChecker(document);
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(anyRequest(document, running.key), async (made) => {
        const answer = await send(made);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(problemsWith(made, answer, document, check)).toEqual([]);
      }),
      { numRuns: Math.ceil(requests / 2) },
    );
    console.info(
      `${kind}: ${[...statuses]
        .toSorted(([a], [b]) => a - b)
        .map(([status, count]) => `${count} x ${status}`)
        .join(", ")}`,
    );
    // The run covered what it should cover.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 401, 404, 422]));
    expect((await send({ method: "GET", path: "/readyz", headers: {}, body: undefined })).status).toBe(200);
    expect(running.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  }, 1_300_000);
});

const problem = { $ref: "#/components/schemas/Problem" };

/** The differences between a response and the document. */
function problemsWith(
  made: Made,
  { status, type, body }: Answer,
  document: Document,
  check: ReturnType<typeof schemaChecker>,
): string[] {
  if (status >= 500) return [`${status}: ${body}`];
  // Answered by Express itself, without a body.
  if (made.method === "HEAD" || made.method === "OPTIONS") return [];
  const documented = responseOf(document, made.operation, status);
  // Any path may answer these: not found, method not allowed, too long, or unreadable.
  const isCommon = [404, 405, 414, 431].includes(status);
  if (documented === undefined && !isCommon) return [`${status} is not documented: ${body}`];
  if (made.valid && [400, 401, 403, 405, 413, 415].includes(status)) return [`refused with ${status}: ${body}`];
  // Cursors, receivers, CSV rows, strategy parameters and periods have rules that no schema expresses.
  const isOpaque =
    made.path.includes("cursor=") ||
    body.includes('"path":"receiver"') ||
    // Which format fits which address is no matter of the schema.
    String(made.body).includes("callback_format") ||
    [
      "importPrices",
      "importDataSeries",
      "submitSweep",
      "redeliverCallbacks",
      "cancelExecutions",
      "getCalendar",
      "createApiKey",
      "getReport",
      "setExchangeDay",
      "previewSchedule",
      "createSchedule",
      "updateSchedule",
      "backfillSchedule",
    ].includes(made.operation.operationId);
  if (made.valid && status === 422 && !isOpaque) return [`refused with 422: ${body}`];
  if (status >= 400) {
    if (!type.startsWith("application/problem+json")) return [`${status} as ${type}`];
    return check(problem, JSON.parse(body));
  }
  const content = Object.entries(documented?.content ?? {});
  if (content.length === 0) return [];
  const [mediaType, media] = content.find(([documentedType]) => type.startsWith(documentedType)) ?? [];
  if (media === undefined)
    return [`${status} as ${type}, not ${content.map(([documentedType]) => documentedType).join()}`];
  return mediaType === "application/json" ? check(media.schema, JSON.parse(body)) : [];
}

function anyRequest(document: Document, key: string): fc.Arbitrary<Made> {
  return fc.oneof(
    ...operationsOf(document).map(({ path, method, operation }) => ({
      // What starts work is one of many operations, and matters most.
      weight: "202" in operation.responses ? 5 : 1,
      arbitrary: requestOf(document, key, path, method, operation),
    })),
  );
}

function requestOf(document: Document, key: string, path: string, method: string, operation: DocumentedOperation) {
  const { schemas } = document.components;
  const parameters = operation.parameters ?? [];
  const within = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const parts = (place: string, whole: boolean): fc.Arbitrary<Readonly<Record<string, Part | undefined>>> =>
    fc.record(
      Object.fromEntries(within(place).map(({ name, schema }) => [name, orWrong(schemaArbitrary(schema, schemas))])),
      whole ? {} : { requiredKeys: [] },
    );
  const [[mediaType, media] = []] = Object.entries(operation.requestBody?.content ?? {});
  return fc
    .record({
      path: parts("path", true),
      query: parts("query", false),
      header: parts("header", false),
      extra: rarely(fc.record({ name: fc.string(), value: fc.string() })),
      method: rarely(fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")),
      type: rarely(
        fc.constantFrom("text/plain", "application/json; charset=utf-7", "application/xml", "x", "text/csv"),
      ),
      body:
        media === undefined
          ? fc.constant<Part | undefined>(undefined)
          : orWrong(bodyOf(media.schema, mediaType!, schemas)),
      garbage: rarely(
        fc.oneof(
          fc.string().map((value) => Buffer.from(value)),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
      ),
      authorization: fc.oneof(
        { weight: 9, arbitrary: fc.constant(`Bearer ${key}`) },
        {
          weight: 1,
          arbitrary: fc.stringMatching(/^(Bearer|Basic)? ?[\x21-\x7e]{0,80}$/).map((value) => value.trim()),
        },
      ),
    })
    .map((chosen): Made => {
      const all = [...Object.values(chosen.path), ...Object.values(chosen.query), ...Object.values(chosen.header)];
      const query = Object.entries(chosen.query).map(([name, part]) => [name, toText(part?.value)] as const);
      if (chosen.extra !== undefined) query.push([chosen.extra.name, chosen.extra.value]);
      const to = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => toSegment(toText(chosen.path[name]?.value)));
      const headers = Object.entries(chosen.header).map(
        ([name, part]) => [name, toHeader(toText(part?.value))] as const,
      );
      const body = media === undefined ? undefined : (chosen.garbage ?? toBody(chosen.body?.value, mediaType!));
      return {
        // The other method may be a documented operation.
        operation: document.paths[path]?.[(chosen.method ?? method).toLowerCase()] ?? operation,
        method: chosen.method ?? method.toUpperCase(),
        path: query.length === 0 ? to : `${to}?${query.map((pair) => pair.map(toSegment).join("=")).join("&")}`,
        headers: {
          ...Object.fromEntries(headers),
          authorization: chosen.authorization,
          // Node omits the length for methods that usually have no body.
          ...(body !== undefined && {
            "content-type": chosen.type ?? mediaType!,
            "content-length": String(Buffer.byteLength(body)),
          }),
        },
        body,
        valid:
          parameters.every(({ in: place, name, required }) => !required || place === "path" || name in chosen.query) &&
          all.every((part) => part?.right !== false) &&
          chosen.body?.right !== false &&
          // Two keys that differ are refused.
          !("Idempotency-Key" in chosen.header && body?.includes('"idempotency_key":"') === true) &&
          [chosen.extra, chosen.method, chosen.type, chosen.garbage].every((odd) => odd === undefined) &&
          chosen.authorization === `Bearer ${key}`,
      };
    });
}

const wrong = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: anyCharacter }),
  fc.constantFrom<unknown>("", "\0", "0", "-1", "1e999", "..", "%2e%2e", "9007199254740993", "x".repeat(9_000)),
  fc.constant({ ["__proto__"]: { admin: true }, constructor: { prototype: {} } }),
);

/** Mostly a valid value, sometimes an arbitrary one. */
function orWrong(right: fc.Arbitrary<unknown>): fc.Arbitrary<Part> {
  return fc.oneof(
    { weight: 4, arbitrary: right.map((value) => ({ value, right: true })) },
    { weight: 1, arbitrary: wrong.map((value) => ({ value, right: false })) },
  );
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** The document only says that CSV is text. */
function bodyOf(schema: object, mediaType: string, schemas: Document["components"]["schemas"]): fc.Arbitrary<unknown> {
  if (mediaType !== "text/csv") return schemaArbitrary(schema, schemas);
  const cell = fc.oneof(fc.string(), fc.constantFrom("SPY", "2024-01-02", "2024-01-03", "10", "9.5", "", '"', "1e400"));
  const row = fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(","));
  return fc.array(row, { maxLength: 5 }).map((rows) => ["date,ticker,close,adj_close", ...rows].join("\n"));
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function toBody(value: unknown, mediaType: string): string {
  return mediaType === "application/json" ? JSON.stringify(value) : toText(value);
}

/** Lone surrogates have no encoding. */
function toSegment(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A header value is one line of Latin-1. */
function toHeader(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, "?");
}

async function start(kind: DatabaseKind) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase(kind));
  const made = await runCommand("keys", database.options, ["create", "fuzzer", "--scopes", "admin"]);
  const server = stack.use(
    await startTestServer(database.options, {
      ...noProvider,
      AUTH: "on",
      ...secretsKey,
    }),
  );
  const agent = stack.adopt(new Agent({ keepAlive: true }), (open) => open.destroy());
  const { port } = new URL(server.address);
  const send = (asked: Omit<Made, "operation" | "valid">) =>
    new Promise<Answer>((resolve, reject) => {
      const { method, path, headers, body } = asked;
      const sent = request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
        const { statusCode: status = 0 } = response;
        const type = response.headers["content-type"] ?? "";
        // A stream may last as long as its execution.
        if (type.startsWith("text/event-stream")) {
          resolve({ status, type, body: "" });
          response.destroy();
        } else text(response).then((answer) => resolve({ status, type, body: answer }), reject);
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The server had just closed the connection as idle.
        if (sent.reusedSocket && error.code === "ECONNRESET") resolve(send(asked));
        else reject(error);
      });
      sent.end(body);
    });
  const document = JSON.parse(
    (await send({ method: "GET", path: "/openapi.json", headers: {}, body: undefined })).body,
  );
  const moved = stack.move();
  return {
    document: document as Document,
    key: made.out.trim(),
    lines: server.lines,
    send,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
