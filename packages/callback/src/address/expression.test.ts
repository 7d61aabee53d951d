import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluate, type RequestContext } from "./evaluate.ts";
import { parseExpression, printExpression } from "./expression.ts";
import { TemplateSyntaxError } from "./syntax-error.ts";
import { expressionText } from "../testing/arbitrary.ts";
import { attempt } from "../testing/attempt.ts";
import { isAvailable, referenceFile } from "../testing/reference.ts";
import { anyCharacter } from "../testing/any-character.ts";

describe("the grammar of the specification", () => {
  it.each([
    ["$url", { kind: "url" }],
    ["$method", { kind: "method" }],
    ["$statusCode", { kind: "statusCode" }],
    ["$request.header.Content-Type", { kind: "header", of: "request", name: "Content-Type" }],
    ["$response.header.x.y~`|", { kind: "header", of: "response", name: "x.y~`|" }],
    ["$request.query.callback url", { kind: "query", of: "request", name: "callback url" }],
    ["$request.query.", { kind: "query", of: "request", name: "" }],
    ['$request.path.a\\"b', { kind: "path", of: "request", name: 'a\\"b' }],
    ["$request.body", { kind: "body", of: "request" }],
    ["$request.body#", { kind: "body", of: "request", pointer: [] }],
    ["$request.body#/", { kind: "body", of: "request", pointer: [""] }],
    ["$response.body#/a~1b/~01/{0}", { kind: "body", of: "response", pointer: ["a/b", "~1", "{0}"] }],
  ])("reads %s", (text, expression) => {
    expect(parseExpression(text)).toEqual(expression);
  });

  it.each([
    ["", 0],
    ["url", 0],
    ["$", 1],
    ["$callback_url", 1],
    ["$URL", 1],
    ["$url.", 1],
    ["$request", 1],
    ["$request.", 9],
    ["$request.cookie.x", 9],
    ["$request.header", 9],
    ["$request.header.", 16],
    ["$request.header.a b", 17],
    ["$request.header.é", 16],
    ['$request.query.a"b', 16],
    ["$request.query.a\\x", 16],
    ["$request.path.\u0000", 14],
    ["$request.body.id", 13],
    ["$request.body#id", 14],
    ["$request.body#/a~2", 16],
    ["$request.body#/a/b~", 18],
  ])("refuses %j at position %i", (text, position) => {
    expect(() => parseExpression(text)).toThrow(expect.objectContaining({ name: "TemplateSyntaxError", position }));
  });

  it("prints every valid expression as written", () => {
    fc.assert(
      fc.property(expressionText, (text) => {
        expect(printExpression(parseExpression(text))).toBe(text);
      }),
    );
  });

  it("parses any text or reports the position of the error", () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.tuple(expressionText, fc.nat(40), fc.string()).map(([valid, at, more]) => valid.slice(0, at) + more),
    );
    fc.assert(
      fc.property(text, (any) => {
        const read = attempt(() => printExpression(parseExpression(any)));
        expect(read).toSatisfy((found) =>
          found instanceof TemplateSyntaxError ? found.position >= 0 && found.position <= any.length : found === any,
        );
      }),
    );
  });
});

describe("the shorthand of FastAPI", () => {
  it.each([
    ["$callback_url", "$request.query.callback_url"],
    ["$request.body.id", "$request.body#/id"],
    ["$request.body.customer.ids.0", "$request.body#/customer/ids/0"],
    ["$response.body.id", "$response.body#/id"],
  ])("%s stands for %s", (shorthand, twin) => {
    expect(printExpression(parseExpression(shorthand, "fastapi"))).toBe(twin);
    expect(() => parseExpression(shorthand)).toThrow(TemplateSyntaxError);
  });

  it.each(["$request", "$response", "$request.body.", "$request.body.a..b", "$a.b", "$", "$1"])(
    "does not take %s",
    (text) => {
      expect(() => parseExpression(text, "fastapi")).toThrow(TemplateSyntaxError);
    },
  );

  it("does not change expressions of the specification", () => {
    fc.assert(
      fc.property(expressionText, (text) => {
        expect(parseExpression(text, "fastapi")).toEqual(parseExpression(text));
      }),
    );
  });
});

// Written from the section Runtime Expressions of OpenAPI 3.1.1: its grammar, its table of examples and RFC 6901.
const frozen: Vectors = {
  context: {
    request: {
      method: "PUT",
      url: "https://api.example.com/orders/17?notify=https://client.example/hook",
      path: { orderId: "17" },
      query: { notify: "https://client.example/hook" },
      headers: { accept: "application/json" },
      body: { customer: { "first/last": "A B", "~": 1 }, lines: [{ sku: "x" }, { sku: "y" }], paid: false },
    },
    response: { status: 202, headers: { location: "https://api.example.com/orders/17" }, body: { id: 17 } },
  },
  evaluate: {
    $url: "https://api.example.com/orders/17?notify=https://client.example/hook",
    $method: "PUT",
    $statusCode: 202,
    "$request.path.orderId": "17",
    "$request.query.notify": "https://client.example/hook",
    "$request.header.Accept": "application/json",
    "$request.body#/lines/1/sku": "y",
    "$request.body#/customer/first~1last": "A B",
    "$request.body#/customer/~0": 1,
    "$request.body#/paid": false,
    "$response.header.Location": "https://api.example.com/orders/17",
    "$response.body#/id": 17,
  },
  syntax: {
    "$request.body": true,
    "$response.body#/a/0": true,
    "$request.query.a b": true,
    "$request.header.x-token": true,
    "$request.header.x token": false,
    "$request.cookie.a": false,
    "$response.path": false,
    "$request.body#a": false,
    "$request.body#/~2": false,
    $urls: false,
    statusCode: false,
  },
};
const vectorsFile = referenceFile("runtime-expression-vectors.json");

describe("frozen vectors", () => {
  agreeOn(() => frozen);
});

describe.runIf(isAvailable(vectorsFile))("the vectors of the specification (needs ../shared/reference)", () => {
  agreeOn(() => JSON.parse(readFileSync(vectorsFile, "utf8")) as Vectors);
});

function agreeOn(read: () => Vectors): void {
  it("agree on what is valid", () => {
    const { syntax } = read();
    const found = Object.keys(syntax).map((text) => [text, attempt(() => parseExpression(text))] as const);
    const valid = found.map(([text, result]) => [text, !(result instanceof TemplateSyntaxError)]);
    expect(Object.fromEntries(valid)).toEqual(syntax);
  });

  it("agree on the values", () => {
    const { context, evaluate: values } = read();
    const request = { ...context.request, response: context.response };
    const found = Object.keys(values).map((text) => [text, evaluate(parseExpression(text), request)]);
    const expected = Object.entries(values).map(([text, value]) => [text, { resolved: true, value }]);
    expect(found).toEqual(expected);
  });
}

interface Vectors {
  readonly context: { readonly request: RequestContext; readonly response: NonNullable<RequestContext["response"]> };
  readonly evaluate: Record<string, unknown>;
  readonly syntax: Record<string, boolean>;
}
