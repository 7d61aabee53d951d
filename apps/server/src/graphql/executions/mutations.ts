import { cancelExecution, executeStrategy, redeliverCallback, redeliverCallbacks } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { executionIdArg } from "./execution-id.ts";
import { ExecutionRef, StatusRef } from "./execution.ts";

const describe = { accepted: fieldDescriptions(executeStrategy.output) };

const AcceptedRef = builder.objectRef<z.output<typeof executeStrategy.output>>("ExecutionAccepted").implement({
  description: "An accepted execution.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.accepted("execution_id")),
    status: t.expose("status", { type: StatusRef, description: "Always `PENDING`." }),
    message: t.exposeString("message", { description: "A readable confirmation." }),
    callbackUrl: t.exposeString("callback_url", { nullable: true, ...describe.accepted("callback_url") }),
    execution: t.field({
      type: ExecutionRef,
      description: "The current state of the execution.",
      resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id),
    }),
  }),
});

export const PriorityRef = enumOf("Priority", executeStrategy.input.shape.priority.unwrap().unwrap().options, {
  description: "The priority of an execution.",
});

const ExecuteStrategyInput = inputOf("ExecuteStrategyInput", executeStrategy.input, {
  description: "The execution to submit.",
});

builder.mutationField("executeStrategy", (t) =>
  t.field({
    type: AcceptedRef,
    description: executeStrategy.summary,
    errors: {},
    args: { input: t.arg({ type: ExecuteStrategyInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => executeStrategy.call(ctx, toInput(executeStrategy.input, input)),
  }),
);

builder.mutationField("cancelExecution", (t) =>
  t.field({
    type: ExecutionRef,
    description: cancelExecution.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => cancelExecution.call(ctx, toInput(cancelExecution.input, args)),
  }),
);

builder.mutationField("redeliverCallback", (t) =>
  t.field({
    type: ExecutionRef,
    description: redeliverCallback.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => redeliverCallback.call(ctx, toInput(redeliverCallback.input, args)),
  }),
);

const sayOf = { done: fieldDescriptions(redeliverCallbacks.output) };

const RedeliveredRef = builder.objectRef<z.output<typeof redeliverCallbacks.output>>("RedeliveredCallbacks").implement({
  description: "The callbacks that will be sent again.",
  fields: (t) => ({
    redelivered: t.exposeInt("redelivered", sayOf.done("redelivered")),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...sayOf.done("next_cursor") }),
  }),
});

const RedeliverCallbacksInput = inputOf("RedeliverCallbacksInput", redeliverCallbacks.input, {
  description: "Selects the callbacks to send again.",
});

builder.mutationField("redeliverCallbacks", (t) =>
  t.field({
    type: RedeliveredRef,
    description: redeliverCallbacks.summary,
    errors: {},
    args: { input: t.arg({ type: RedeliverCallbacksInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => redeliverCallbacks.call(ctx, toInput(redeliverCallbacks.input, input)),
  }),
);
