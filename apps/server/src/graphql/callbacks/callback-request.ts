import { getCallbackRequest } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { ExecutionRef } from "../executions/execution.ts";
import { fieldDescriptions } from "../field-descriptions.ts";

const describe = fieldDescriptions(getCallbackRequest.output);

const CallbackRequestRef = builder.objectRef<z.output<typeof getCallbackRequest.output>>("CallbackRequest").implement({
  description: "The HTTP request of a callback.",
  fields: (t) => ({
    method: t.exposeString("method", describe("method")),
    url: t.exposeString("url", describe("url")),
    headers: t.expose("headers", { type: "JSON", ...describe("headers") }),
    body: t.exposeString("body", describe("body")),
  }),
});

builder.objectFields(ExecutionRef, (t) => ({
  callbackRequest: t.field({
    type: CallbackRequestRef,
    description: "The request of its callback; refused without one and until it has ended.",
    errors: {},
    complexity: 50,
    resolve: ({ execution_id }, _args, { ctx }) => getCallbackRequest.call(ctx, { execution_id }),
  }),
}));
