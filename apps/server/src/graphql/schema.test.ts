import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { schema, schemaText } from "./schema.ts";

const file = fileURLToPath(new URL("../../schema.graphql", import.meta.url));

describe("the GraphQL schema", () => {
  it("is committed up to date", () => {
    const committed = readFileSync(file, "utf8");
    expect(committed === schemaText(), "schema.graphql is stale: run `npm run graphql:schema`").toBe(true);
  });

  it("describes each of its own types and fields", () => {
    const common = new Set(["Node", "PageInfo", "Query", "Mutation", "Subscription"]);
    const silent = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (type.name.startsWith("__") || common.has(type.name)) return [];
      const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
      const fields = hasFields ? Object.values(type.getFields()) : [];
      return fields
        .filter(({ name, description }) => !description && !["node", "cursor", "pageInfo"].includes(name))
        .map(({ name }) => `${type.name}.${name}`);
    });
    expect(silent).toEqual([]);
  });

  it("uses the wire values in enumerations", () => {
    const names = Object.values(schema.getTypeMap()).filter((type) => isEnumType(type) && !type.name.startsWith("__"));
    expect(names.map(({ name }) => name).toSorted()).toEqual([
      "AttemptStatus",
      "BarColumn",
      "CallbackFormat",
      "CallbackState",
      "CatchUp",
      "CircuitState",
      "DayOrder",
      "DecimalMark",
      "ErrorCode",
      "Exchange",
      "ExecutionKind",
      "ExecutionStatus",
      "Objective",
      "Priority",
      "QueueName",
      "RefreshOutcome",
      "ReportLanguage",
      "Scope",
      "SignatureVersion",
      "StrategyFamily",
      "WorkerState",
    ]);
    const status = schema.getType("ExecutionStatus");
    expect(isEnumType(status) && status.getValues().map(({ name }) => name)).toEqual([
      "pending",
      "running",
      "completed",
      "failed",
      "cancelled",
    ]);
  });
});
