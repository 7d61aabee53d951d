import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@strategy-executor/core";
import { getNamedType, type GraphQLType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { unwrapped } from "./mapping/zod-shape.ts";
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

  it("has the values of enumerations in upper case, converted from the lists of the operations", () => {
    const types = Object.values(schema.getTypeMap()).filter((type) => isEnumType(type) && !type.name.startsWith("__"));
    const enums = types.filter((type) => isEnumType(type)).map((type) => [type.name, type.getValues()] as const);
    for (const [name, values] of enums) {
      for (const value of values) expect(`${name}.${value.name}`).toMatch(/^\w+\.[A-Z][A-Z0-9_]*$/);
    }
    const lists = new Map(enums.map(([name, values]) => [values.map(({ value }) => value as string).join(" "), name]));
    const wire = [...new Set(operations.flatMap(({ input, output }) => [...listsOf(input), ...listsOf(output)]))];
    expect(wire.length).toBeGreaterThan(25);
    expect(wire.filter((values) => !lists.has(values))).toEqual([]);
    expect(enums.map(([name]) => name).toSorted()).toEqual([
      "AttemptStatus",
      "Authentication",
      "BarColumn",
      "CallbackFormat",
      "CallbackMethod",
      "CallbackState",
      "CatchUp",
      "CircuitState",
      "DayOrder",
      "DecimalMark",
      "DecisionSchedule",
      "ErrorCode",
      "Exchange",
      "ExecutionKind",
      "ExecutionStatus",
      "FillRule",
      "NotificationRule",
      "Objective",
      "PositionState",
      "PriceDataSource",
      "PriceWarningKind",
      "Priority",
      "QueueName",
      "RefreshOutcome",
      "ReportLanguage",
      "ScheduleRunNotification",
      "ScheduleRunOrigin",
      "ScheduleRunState",
      "Scope",
      "ServiceMode",
      "SessionDays",
      "SignatureVersion",
      "StrategyFamily",
      "WorkerState",
    ]);
  });

  it("has ids of the type ID, and names no field as the operations do", () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__") || !(isObjectType(type) || isInputObjectType(type))) continue;
      for (const { name, type: of, description } of Object.values(type.getFields())) {
        const isId = /^(?:id|ids|retryOf)$|Ids?$/.test(name);
        if (isId)
          expect(`${type.name}.${name}: ${getNamedType(of as GraphQLType).name}`).toBe(`${type.name}.${name}: ID`);
        expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
        expect(description ?? "").not.toMatch(wireNames);
      }
    }
  });
});

const wireNames = /callback_url|execution_id|schedule_id|retry_of|next_cursor|strategy_name|final_value/;

/** The lists of values in a schema, as texts. */
function listsOf(schemaOf: z.core.$ZodType): string[] {
  const inner = unwrapped(schemaOf);
  if (inner instanceof z.ZodEnum) return [inner.options.join(" ")];
  if (inner instanceof z.ZodArray) return listsOf(inner.element);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap(listsOf);
  return inner instanceof z.ZodObject ? Object.values(inner.shape).flatMap(listsOf) : [];
}
