import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import ErrorsPlugin from "@pothos/plugin-errors";
import RelayPlugin from "@pothos/plugin-relay";
import { DomainError } from "@strategy-executor/core";
import { getNamedType, isLeafType } from "graphql";
import type { GraphqlContext } from "./context.ts";

/** What the schema is made with. Fields are not null unless they say so. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  Scalars: {
    ID: { Input: string; Output: string };
    JSON: { Input: NonNullable<unknown>; Output: unknown };
    SafeInt: { Input: number; Output: number };
    Date: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
  };
}>({
  plugins: [ErrorsPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: { defaultTypes: [DomainError], directResult: true },
  relay: {
    cursorType: "String",
    edgesFieldOptions: { nullable: { list: false, items: false }, description: "The elements of the page." },
    nodeFieldOptions: { nullable: false },
    pageInfoTypeOptions: { description: "Where a page lies in its list." },
    // A list of ids would need a limit of its own, and `executions` does what it is for.
    nodesQueryOptions: false,
    nodeQueryOptions: { description: "Read anything that has an `id`; null where there is nothing." },
  },
  // Objects cost, scalars do not. Lists that can be long name their length as the multiplier.
  complexity: {
    disabled: true,
    fieldComplexity: (_args, _context, { type }) => ({ field: isLeafType(getNamedType(type)) ? 0 : 1, multiplier: 1 }),
  },
});

builder.queryType();
builder.mutationType();
builder.subscriptionType();
