/* oxlint-disable import/no-unassigned-import -- each file adds its types and fields to the builder */
import { lexicographicSortSchema, printSchema } from "graphql";
import { builder } from "./builder.ts";
import { reportRefusals } from "./report-refusals.ts";
import "./scalars.ts";
import "./strategies/strategy.ts";
import "./executions/execution.ts";
import "./executions/linked-fields.ts";
import "./executions/run-attempts.ts";
import "./executions/report.ts";
import "./callbacks/callback-request.ts";
import "./service/api-keys.ts";
import "./service/session.ts";
import "./service/activity.ts";
import "./service/workers.ts";
import "./service/queue.ts";
import "./strategies/check-parameters.ts";
import "./prices/prices.ts";
import "./prices/refresh.ts";
import "./prices/data-series.ts";
import "./prices/calendar.ts";
import "./schedules/schedules.ts";
import "./schedules/preview.ts";
import "./schedules/schedule-mutations.ts";
import "./schedules/run-subscription.ts";
import "./sweeps/sweeps.ts";
import "./executions/mutations.ts";
import "./executions/bulk-mutations.ts";
import "./callbacks/receivers.ts";
import "./callbacks/signing.ts";
import "./executions/subscriptions.ts";

/** The complete GraphQL schema. */
export const schema = reportRefusals(builder.toSchema({ sortSchema: false }));

/** The text of `schema.graphql`, sorted so that it changes only with its content. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
