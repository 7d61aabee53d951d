/* oxlint-disable import/no-unassigned-import -- each file adds its types and fields to the builder */
import { lexicographicSortSchema, printSchema } from "graphql";
import { builder } from "./builder.ts";
import "./scalars.ts";
import "./strategy.ts";
import "./execution.ts";
import "./links.ts";
import "./prices.ts";
import "./sweeps.ts";
import "./mutations.ts";
import "./receivers.ts";
import "./signing.ts";
import "./subscriptions.ts";

/** Everything that GraphQL serves. */
export const schema = builder.toSchema({ sortSchema: false });

/** The schema as it is committed in `schema.graphql`: sorted, so that it changes only with what it says. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
