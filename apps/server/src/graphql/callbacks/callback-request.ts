import { getCallbackRequest } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { ExecutionRef } from "../executions/execution.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

const describe = fieldDescriptions(getCallbackRequest.output);

const MethodRef = enumOf("CallbackMethod", getCallbackRequest.output.shape.method.options, {
  description: "How a callback is sent.",
});

const CallbackRequestRef = builder.objectRef<z.output<typeof getCallbackRequest.output>>("CallbackRequest").implement({
  description: "The HTTP request of a callback.",
  fields: (t) => ({
    method: t.expose("method", { type: MethodRef, ...describe("method") }),
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
