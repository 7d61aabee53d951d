import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluate, type RequestContext } from "./evaluate.ts";
import { parseExpression } from "./expression.ts";
import { expressionText } from "../testing/arbitrary.ts";

const context: RequestContext = {
  url: "https://example.org/strategies/execute/?a=1",
  method: "POST",
  path: { id: 7 },
  query: { a: "1", repeated: ["x", "y"], 'quo"te': "q" },
  headers: { "Content-Type": "application/json" },
  body: { n: 1.5, yes: true, nothing: null, list: ["zero", { deep: "er" }], "a/b": { "~": "tilde" }, "": "empty" },
  response: { status: 202, headers: { location: "/executions/1/" }, body: { execution_id: 1 } },
};

describe("values keep their type", () => {
  it.each([
    ["$url", "https://example.org/strategies/execute/?a=1"],
    ["$method", "POST"],
    ["$statusCode", 202],
    ["$request.path.id", 7],
    ["$request.query.repeated", ["x", "y"]],
    ['$request.query.quo\\"te', "q"],
    ["$request.query.\\u0061", "1"],
    ["$request.header.CONTENT-type", "application/json"],
    ["$request.body#/n", 1.5],
    ["$request.body#/yes", true],
    ["$request.body#/nothing", null],
    ["$request.body#/list/1", { deep: "er" }],
    ["$request.body#/list/1/deep", "er"],
    ["$request.body#/a~1b/~0", "tilde"],
    ["$request.body#/", "empty"],
    ["$request.body", context.body],
    ["$request.body#", context.body],
    ["$response.header.Location", "/executions/1/"],
    ["$response.body#/execution_id", 1],
  ])("%s", (text, value) => {
    expect(evaluate(parseExpression(text), context)).toEqual({ resolved: true, value });
  });
});

describe("missing values", () => {
  it.each([
    ["$request.query.b", "the request has no query parameter b"],
    ["$request.path.toString", "the request has no path parameter toString"],
    ["$request.header.accept", "the request has no header accept"],
    ["$request.body#/missing/deeper", "the body of the request has no /missing/deeper"],
    ["$request.body#/constructor", "the body of the request has no /constructor"],
    ["$request.body#/list/length", "the body of the request has no /list/length"],
    ["$request.body#/list/01", "the body of the request has no /list/01"],
    ["$request.body#/list/-", "the body of the request has no /list/-"],
    ["$request.body#/list/0/0", "the body of the request has no /list/0/0"],
    ["$request.body#/nothing/x", "the body of the request has no /nothing/x"],
    ["$response.query.a", "the response has no query parameter a"],
  ])("%s: %s", (text, reason) => {
    expect(evaluate(parseExpression(text), context)).toEqual({ resolved: false, reason });
  });

  it.each(["$statusCode", "$response.body", "$response.header.location"])("%s before there is a response", (text) => {
    const { response: _, ...request } = context;
    expect(evaluate(parseExpression(text), request)).toEqual({ resolved: false, reason: "there is no response yet" });
  });
});

it("never throws, whatever the request holds", () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue());
  const contexts = fc.record(
    {
      url: fc.string(),
      method: fc.string(),
      path: record,
      query: record,
      headers: record,
      body: fc.jsonValue(),
      response: fc.record({ status: fc.nat(), headers: record, body: fc.jsonValue() }, { requiredKeys: ["status"] }),
    },
    { requiredKeys: ["url", "method"] },
  );
  fc.assert(
    fc.property(expressionText, contexts, (text, any) => {
      const found = evaluate(parseExpression(text), any);
      expect(found.resolved ? found.value : found.reason).toBeDefined();
    }),
  );
});
