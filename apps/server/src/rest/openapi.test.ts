import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@strategy-executor/core";
import { lintFromString, loadConfig } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Content, type Document, operationsOf, responseOf, schemaChecker } from "../testing/openapi-document.ts";
import { examples } from "./openapi-examples.ts";
import { openapiDocument, openapiText, openapiYaml } from "./openapi.ts";

const file = fileURLToPath(new URL("../../openapi.json", import.meta.url));
const redoclyConfig = fileURLToPath(new URL("../../../../redocly.yaml", import.meta.url));
const text = openapiText(openapiDocument());
const document = JSON.parse(text) as Document;

describe("the OpenAPI document", () => {
  it("is committed up to date", () => {
    expect(readFileSync(file, "utf8") === text, "openapi.json is stale: run `npm run openapi`").toBe(true);
  });

  it.each(["1.1", "1.2"] as const)("is the same in YAML, for tools that read version %s", (version) => {
    expect(parse(openapiYaml(openapiDocument()), { version, maxAliasCount: 0 })).toEqual(document);
  });

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("passes Redocly's lint", async () => {
    const config = await loadConfig({ configPath: redoclyConfig });
    const problems = await lintFromString({ source: text, absoluteRef: file, config });
    expect(problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`)).toEqual(
      [],
    );
  });

  it("describes every operation once", () => {
    const documented = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(documented.toSorted()).toEqual(
      [
        ...operations.map(({ name }) => name),
        "watchExecution",
        "getHealth",
        "getReadiness",
        "getMetrics",
        "getOpenapiJson",
        "getOpenapiYaml",
      ].toSorted(),
    );
  });

  it("documents the choice of a format, and the kind of an execution in lists", () => {
    const find = (id: string) =>
      operationsOf(document).find(({ operation }) => operation.operationId === id)!.operation;
    const query = (id: string, name: string) =>
      find(id).parameters?.find((parameter) => parameter.in === "query" && parameter.name === name)?.schema;
    for (const [id, other] of [
      ["getSeries", "csv"],
      ["getSweepTable", "csv"],
      ["getReport", "html"],
    ] as const) {
      expect(query(id, "format")).toMatchObject({ enum: ["json", other] });
      expect(Object.keys(responseOf(document, find(id), 200)?.content ?? {})).toContain(`text/${other}`);
    }
    expect(query("listExecutions", "kind")).toMatchObject({ enum: ["execution", "sweep"] });
    expect(JSON.parse(text)).toMatchObject({
      components: { schemas: { ExecutionSummary: { required: expect.arrayContaining(["kind"]) } } },
    });
  });

  it("declares the API key and the scope of each operation", () => {
    for (const { operation } of operationsOf(document)) {
      const scope = operations.find(({ name }) => name === operation.operationId)?.scope;
      const others: Record<string, string> = { watchExecution: "read", getMetrics: "admin" };
      const wanted = others[operation.operationId] ?? scope;
      expect(operation.security).toEqual(wanted === undefined ? undefined : [{}, { api_key: [wanted] }]);
      expect("401" in operation.responses && "403" in operation.responses).toBe(wanted !== undefined);
    }
    expect(text).not.toMatch(/sx_[0-9a-f]{8}_[0-9a-f]|whsec_[A-Za-z0-9+/]/);
  });

  it("has examples of operations that exist", () => {
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(examples)));
  });

  it("has examples that match their schemas", () => {
    const check = schemaChecker(document, { closed: true });
    const shown = contents().flatMap(({ at, content }) =>
      Object.values(content).flatMap(({ schema, example, examples: named = {} }) => [
        ...(example === undefined ? [] : [{ at, schema, value: example }]),
        ...Object.entries(named).map(([name, { value }]) => ({ at: `${at} ${name}`, schema, value })),
      ]),
    );
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.flatMap(({ at, schema, value }) => check(schema, value).map((error) => `${at}: ${error}`))).toEqual(
      [],
    );
  });

  it("has schemas that accept their own examples", () => {
    const check = schemaChecker(document);
    const schemas = schemasWithExamples(document);
    expect(schemas.length).toBeGreaterThan(20);
    expect(schemas.flatMap((schema) => schema.examples.flatMap((example) => check(schema, example)))).toEqual([]);
  });

  it("shows the guide's request and answer", () => {
    const { requestBody, responses } = document.paths["/strategies/execute/"]!["post"]!;
    expect(requestBody?.content["application/json"]?.examples?.["with_callback"]?.value).toEqual({
      strategy_name: "BoldAssetAllocation",
      parameters: { variant: "BAA-G4", initial_capital: 100000 },
      callback_url: "https://your-server.com/webhook/strategy-result",
    });
    expect(responses["202"]).toMatchObject({
      content: {
        "application/json": {
          examples: {
            with_callback: {
              value: {
                execution_id: 123,
                status: "pending",
                message: "Strategy execution started",
                callback_url: "https://your-server.com/webhook/strategy-result",
              },
            },
          },
        },
      },
    });
  });

  it("declares one callback to the address in the request, with three kinds of payload", () => {
    const { callbacks } = document.paths["/strategies/execute/"]!["post"]!;
    expect(Object.keys(callbacks ?? {})).toHaveLength(1);
    const [byAddress] = Object.values(callbacks ?? {});
    expect(Object.keys(byAddress ?? {})).toEqual(["{$request.body#/callback_url}"]);
    const { schema, examples: payloads } =
      byAddress?.["{$request.body#/callback_url}"]?.["post"]?.requestBody?.content["application/json"] ?? {};
    expect(schema).toEqual({ $ref: "#/components/schemas/ExecutionCallback" });
    expect(Object.keys(payloads ?? {})).toEqual(["completed", "failed", "cancelled"]);
    expect(document.components.schemas["ExecutionCallback"]).toMatchObject({
      oneOf: [
        { $ref: "#/components/schemas/CompletedCallback" },
        { $ref: "#/components/schemas/FailedCallback" },
        { $ref: "#/components/schemas/CancelledCallback" },
      ],
      discriminator: {
        propertyName: "status",
        mapping: {
          completed: "#/components/schemas/CompletedCallback",
          failed: "#/components/schemas/FailedCallback",
          cancelled: "#/components/schemas/CancelledCallback",
        },
      },
    });
  });

  it("requires exactly the guide's fields of a payload", () => {
    const head = [
      "execution_id",
      "strategy",
      "version",
      "status",
      "started_at",
      "completed_at",
      "execution_parameters",
    ];
    const { CompletedCallback, FailedCallback, CancelledCallback } = document.components.schemas;
    expect(CompletedCallback).toMatchObject({ required: [...head, "result"] });
    expect(FailedCallback).toMatchObject({ required: [...head, "error_message"] });
    expect(CancelledCallback).toMatchObject({ required: [...head, "error_message"] });
  });
});

/** Everything in the document with a schema and possibly examples, callbacks included. */
function contents(): { at: string; content: Content }[] {
  return operationsOf(document).flatMap(({ operation }) => {
    const { operationId, requestBody, responses, callbacks = {} } = operation;
    const sent = Object.values(callbacks).flatMap((addresses) => Object.values(addresses).flatMap(Object.values));
    return [
      { at: operationId, content: requestBody?.content ?? {} },
      ...sent.map((callback) => ({ at: callback.operationId, content: callback.requestBody?.content ?? {} })),
      ...Object.keys(responses).map((status) => ({
        at: `${operationId} ${status}`,
        content: responseOf(document, operation, status)?.content ?? {},
      })),
    ];
  });
}

function schemasWithExamples(within: unknown): { examples: unknown[] }[] {
  if (typeof within !== "object" || within === null) return [];
  const inner = Object.values(within).flatMap(schemasWithExamples);
  return "examples" in within && Array.isArray(within.examples)
    ? [{ ...within, examples: within.examples }, ...inner]
    : inner;
}
