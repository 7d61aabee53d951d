import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import ErrorsPlugin from "@pothos/plugin-errors";
import RelayPlugin from "@pothos/plugin-relay";
import { DomainError } from "@strategy-executor/core";
import { getNamedType, isLeafType } from "graphql";
import type { GraphqlContext } from "./context.ts";

/** The schema builder. Fields are non-null unless declared otherwise. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  Scalars: {
    ID: { Input: string; Output: string | number };
    JSON: { Input: NonNullable<unknown>; Output: unknown };
    SafeInt: { Input: number; Output: number };
    Date: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
  };
}>({
  plugins: [ErrorsPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: {
    defaultTypes: [DomainError],
    directResult: true,
    defaultUnionOptions: {
      name: ({ parentTypeName, fieldName }) => nameOfUnion(parentTypeName, fieldName),
      description: "What was asked for, or why it is refused.",
    },
  },
  relay: {
    cursorType: "String",
    edgesFieldOptions: { nullable: { list: false, items: false }, description: "The elements of the page." },
    nodeFieldOptions: { nullable: false },
    nodesOnConnection: { description: "The elements without their cursors." },
    pageInfoTypeOptions: { description: "The position of a page in its list." },
    // `nodes` would need a limit of its own, and `executions` serves the same purpose.
    nodesQueryOptions: false,
    nodeQueryOptions: { description: "Read any object by its `id`; null when it does not exist." },
  },
  // Objects have a cost, scalars do not. Lists that can be long use their length as the multiplier.
  complexity: {
    disabled: true,
    fieldComplexity: (_args, _context, { type }) => ({ field: isLeafType(getNamedType(type)) ? 0 : 1, multiplier: 1 }),
  },
});

/** `CancelExecutionPayload` of a mutation, `ExecutionOrError` of a query, `ExecutionSeriesOrError` of another type. */
function nameOfUnion(parent: string, field: string): string {
  const name = field.charAt(0).toUpperCase() + field.slice(1);
  if (parent === "Mutation") return `${name}Payload`;
  return `${parent === "Query" ? "" : parent}${name}OrError`;
}

builder.queryType();
builder.mutationType();
builder.subscriptionType();
