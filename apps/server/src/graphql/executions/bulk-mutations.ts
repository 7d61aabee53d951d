import { cancelExecutions, retryExecution } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";
import { executionIdArg, toExecutionId } from "./execution-id.ts";
import { ExecutionRef, KindRef, StatusRef } from "./execution.ts";

const say = {
  cancel: fieldDescriptions(cancelExecutions.input),
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

const CancelExecutionsInput = builder
  .inputRef<CamelCased<z.input<typeof cancelExecutions.input>>>("CancelExecutionsInput")
  .implement({
    description: "Selects the executions to cancel.",
    fields: (t) => ({
      ids: t.field({ type: ["SafeInt"], ...say.cancel("ids") }),
      status: t.string(say.cancel("status")),
      strategy: t.string(say.cancel("strategy")),
      scheduleId: t.field({ type: "SafeInt", ...say.cancel("schedule_id") }),
      label: t.string(say.cancel("label")),
      since: t.field({ type: "DateTime", ...say.cancel("since") }),
      until: t.field({ type: "DateTime", ...say.cancel("until") }),
      kind: t.field({ type: KindRef, ...say.cancel("kind") }),
      dryRun: t.boolean(say.cancel("dry_run")),
      cursor: t.string(say.cancel("cursor")),
    }),
  });

builder.mutationField("cancelExecutions", (t) =>
  t.field({
    type: CancelledRef,
    description: cancelExecutions.summary,
    errors: {},
    args: { input: t.arg({ type: CancelExecutionsInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => cancelExecutions.call(ctx, toInput(input)),
  }),
);

const RetriedRef = builder.objectRef<z.output<typeof retryExecution.output>>("ExecutionRetried").implement({
  description: "The execution that repeats another one.",
  fields: (t) => ({
    executionId: t.expose("execution_id", { type: "SafeInt", ...say.retried("execution_id") }),
    status: t.expose("status", { type: StatusRef, description: "Always pending." }),
    retryOf: t.expose("retry_of", { type: "SafeInt", ...say.retried("retry_of") }),
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
    description: retryExecution.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => retryExecution.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);
