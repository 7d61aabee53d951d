import { cancelExecution, executeStrategy, redeliverCallback, redeliverCallbacks } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { CallbackFormatRef } from "../callbacks/delivery.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { executionIdArg, toExecutionId } from "./execution-id.ts";
import { ExecutionRef, StatusRef } from "./execution.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";

const describe = {
  submitted: fieldDescriptions(executeStrategy.input),
  accepted: fieldDescriptions(executeStrategy.output),
};

const AcceptedRef = builder.objectRef<z.output<typeof executeStrategy.output>>("ExecutionAccepted").implement({
  description: "An accepted execution.",
  fields: (t) => ({
    executionId: t.expose("execution_id", { type: "SafeInt", ...describe.accepted("execution_id") }),
    status: t.expose("status", { type: StatusRef, description: "Always pending." }),
    message: t.exposeString("message", { description: "A readable confirmation." }),
    callbackUrl: t.exposeString("callback_url", { nullable: true, ...describe.accepted("callback_url") }),
    execution: t.field({
      type: ExecutionRef,
      description: "The current state of the execution.",
      resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id),
    }),
  }),
});

export const PriorityRef = builder.enumType("Priority", {
  description: "The priority of an execution.",
  values: ["low", "normal", "high"] as const,
});

/** Only the operation validates JSON values. */
type Submission = Omit<z.input<typeof executeStrategy.input>, "parameters"> & { parameters?: unknown };

const ExecuteStrategyInput = builder.inputRef<CamelCased<Submission>>("ExecuteStrategyInput").implement({
  fields: (t) => ({
    strategyName: t.string({ required: true, ...describe.submitted("strategy_name") }),
    parameters: t.field({ type: "JSON", ...describe.submitted("parameters") }),
    label: t.string(describe.submitted("label")),
    callbackUrl: t.string(describe.submitted("callback_url")),
    callbackFormat: t.field({ type: CallbackFormatRef, ...describe.submitted("callback_format") }),
    callbackMaxAttempts: t.int(describe.submitted("callback_max_attempts")),
    priority: t.field({ type: PriorityRef, ...describe.submitted("priority") }),
    timeLimitMs: t.int(describe.submitted("time_limit_ms")),
    idempotencyKey: t.string(describe.submitted("idempotency_key")),
  }),
});

builder.mutationField("executeStrategy", (t) =>
  t.field({
    type: AcceptedRef,
    description: executeStrategy.summary,
    errors: {},
    args: { input: t.arg({ type: ExecuteStrategyInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => executeStrategy.call(ctx, toInput(input)),
  }),
);

builder.mutationField("cancelExecution", (t) =>
  t.field({
    type: ExecutionRef,
    description: cancelExecution.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => cancelExecution.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);

builder.mutationField("redeliverCallback", (t) =>
  t.field({
    type: ExecutionRef,
    description: redeliverCallback.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => redeliverCallback.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);

const sayOf = {
  given: fieldDescriptions(redeliverCallbacks.input),
  done: fieldDescriptions(redeliverCallbacks.output),
};

const RedeliveredRef = builder.objectRef<z.output<typeof redeliverCallbacks.output>>("RedeliveredCallbacks").implement({
  description: "The callbacks that will be sent again.",
  fields: (t) => ({
    redelivered: t.exposeInt("redelivered", sayOf.done("redelivered")),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...sayOf.done("next_cursor") }),
  }),
});

const RedeliverCallbacksInput = builder
  .inputRef<CamelCased<z.input<typeof redeliverCallbacks.input>>>("RedeliverCallbacksInput")
  .implement({
    description: "Selects the callbacks to send again.",
    fields: (t) => ({
      since: t.field({ type: "DateTime", ...sayOf.given("since") }),
      until: t.field({ type: "DateTime", ...sayOf.given("until") }),
      acceptedSince: t.field({ type: "DateTime", ...sayOf.given("accepted_since") }),
      strategy: t.string(sayOf.given("strategy")),
      receiver: t.string(sayOf.given("receiver")),
      ids: t.field({ type: ["SafeInt"], ...sayOf.given("ids") }),
      dryRun: t.boolean(sayOf.given("dry_run")),
      includeDelivered: t.boolean(sayOf.given("include_delivered")),
      limit: t.int(sayOf.given("limit")),
      cursor: t.string(sayOf.given("cursor")),
    }),
  });

builder.mutationField("redeliverCallbacks", (t) =>
  t.field({
    type: RedeliveredRef,
    description: redeliverCallbacks.summary,
    errors: {},
    args: { input: t.arg({ type: RedeliverCallbacksInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => redeliverCallbacks.call(ctx, toInput(input)),
  }),
);
