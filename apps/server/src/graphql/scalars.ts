import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from "graphql";
import { lossOfNumber } from "../http/body/lossy-json.ts";
import { builder } from "./builder.ts";

builder.scalarType("JSON", {
  description: "Any JSON value. Names inside it are data and are never renamed.",
  serialize: (value) => value,
  // GraphQL calls neither function for null.
  parseValue: (value) => value as NonNullable<unknown>,
  parseLiteral(node, variables) {
    ensureKept(node);
    return valueFromASTUntyped(node, variables) as NonNullable<unknown>;
  },
});

builder.scalarType("SafeInt", {
  description: "An integer up to 9007199254740991, as a JSON number.",
  serialize: ensureSafeInt,
  parseValue: ensureSafeInt,
  parseLiteral: (node) => ensureSafeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
});

builder.scalarType("Date", {
  description: "An ISO date: 2024-02-29.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/local-date",
  serialize: String,
  parseValue: ensureText,
  parseLiteral: textOf,
});

builder.scalarType("DateTime", {
  description: "An instant, ISO 8601 in UTC with milliseconds: 2024-02-29T15:30:00.000Z.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time",
  serialize: String,
  parseValue: ensureText,
  parseLiteral: textOf,
});

/** Refuses values that later code would drop or change, as the transports do for JSON. */
function ensureKept(node: ValueNode): void {
  if (node.kind === Kind.LIST) node.values.forEach(ensureKept);
  if (node.kind === Kind.OBJECT) {
    for (const { name, value } of node.fields) {
      if (name.value === "__proto__") throw new GraphQLError("__proto__ is not an allowed name");
      ensureKept(value);
    }
  }
  const loss = node.kind === Kind.INT || node.kind === Kind.FLOAT ? lossOfNumber(node.value) : null;
  if (loss !== null) throw new GraphQLError(loss);
}

function ensureSafeInt(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new GraphQLError("SafeInt must be an integer between -9007199254740991 and 9007199254740991");
}

/** The schemas of the operations validate the value. */
function ensureText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new GraphQLError("A day or an instant must be a string");
}

function textOf(node: ValueNode): string {
  return ensureText(node.kind === Kind.STRING ? node.value : undefined);
}
