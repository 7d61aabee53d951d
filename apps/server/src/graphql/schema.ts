/* oxlint-disable import/no-unassigned-import -- each file adds its types and fields to the builder */
import { lexicographicSortSchema, printSchema } from "graphql";
import { builder } from "./builder.ts";
import "./scalars.ts";
import "./strategies/strategy.ts";
import "./executions/execution.ts";
import "./executions/linked-fields.ts";
import "./prices/prices.ts";
import "./sweeps/sweeps.ts";
import "./executions/mutations.ts";
import "./callbacks/receivers.ts";
import "./callbacks/signing.ts";
import "./executions/subscriptions.ts";

/** Everything that GraphQL serves. */
export const schema = builder.toSchema({ sortSchema: false });

/** The schema as it is committed in `schema.graphql`: sorted, so that it changes only with what it says. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
