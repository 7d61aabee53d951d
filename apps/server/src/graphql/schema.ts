/* oxlint-disable import/no-unassigned-import -- each file adds its types and fields to the builder */
import { printSchema } from "graphql";
import { builder } from "./builder.ts";
import "./scalars.ts";
import "./strategy.ts";
import "./execution.ts";
import "./links.ts";
import "./prices.ts";
import "./mutations.ts";
import "./subscriptions.ts";

/** Everything that GraphQL serves. */
export const schema = builder.toSchema({ sortSchema: false });

/** The schema as it is committed: `schema.graphql`. */
export function schemaText(): string {
  return `${printSchema(schema)}\n`;
}
