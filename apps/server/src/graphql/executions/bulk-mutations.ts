import { cancelExecutions, retryExecution } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions, inGraphqlWords } from "../mapping/field-descriptions.ts";
import { inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { executionIdArg } from "./execution-id.ts";
import { ExecutionRef, StatusRef } from "./execution.ts";

const say = {
  cancelled: fieldDescriptions(cancelExecutions.output),
  retried: fieldDescriptions(retryExecution.output),
};

const CancelledRef = builder.objectRef<z.output<typeof cancelExecutions.output>>("CancelledExecutions").implement({
  description: "How many executions were cancelled.",
  fields: (t) => ({
    cancelled: t.exposeInt("cancelled", say.cancelled("cancelled")),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...say.cancelled("next_cursor") }),
  }),
});

const CancelExecutionsInput = inputOf("CancelExecutionsInput", cancelExecutions.input, {
  description: "Selects the executions to cancel.",
  instead: { status: { type: [StatusRef], description: "`PENDING`, `RUNNING`, or both. Both when absent." } },
});

builder.mutationField("cancelExecutions", (t) =>
  t.field({
    type: CancelledRef,
    description: cancelExecutions.summary,
    errors: {},
    args: { input: t.arg({ type: CancelExecutionsInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => cancelExecutions.call(ctx, toInput(cancelExecutions.input, input)),
  }),
);

const RetriedRef = builder.objectRef<z.output<typeof retryExecution.output>>("ExecutionRetried").implement({
  description: "The execution that repeats another one.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", say.retried("execution_id")),
    status: t.expose("status", { type: StatusRef, description: "Always `PENDING`." }),
    retryOf: t.exposeID("retry_of", say.retried("retry_of")),
    execution: t.field({
      type: ExecutionRef,
      description: "The current state of the execution.",
      resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id),
    }),
  }),
});

builder.mutationField("retryExecution", (t) =>
  t.field({
    type: RetriedRef,
    description: inGraphqlWords(retryExecution.summary),
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => retryExecution.call(ctx, toInput(retryExecution.input, args)),
  }),
);
