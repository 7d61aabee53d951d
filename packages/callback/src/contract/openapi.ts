import type { ZodOpenApiCallbacksObject, ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from "zod-openapi";

import type { Callback } from "./contract.ts";

/**
 * Creates the `callbacks` of an operation for `createDocument` of zod-openapi. The key of each callback is its address
 * exactly as written.
 *
 *     "/invoices/": { post: { ..., callbacks: toCallbacksObject([invoiceNotification]) } }
 *
 * @throws Error when two callbacks have the same name
 */
export function toCallbacksObject(callbacks: readonly Callback[]): ZodOpenApiCallbacksObject {
  const documented: ZodOpenApiCallbacksObject = {};
  for (const callback of callbacks) {
    if (Object.hasOwn(documented, callback.name)) throw new Error(`Two callbacks are named ${callback.name}`);
    documented[callback.name] = { [callback.address.text]: { [callback.method]: toOperation(callback) } };
  }
  return documented;
}

function toOperation(callback: Callback): ZodOpenApiOperationObject {
  const { summary, description, operationId, requestBody, examples, headers } = callback;
  return {
    summary,
    ...(description !== undefined && { description }),
    operationId,
    ...(headers && { requestParams: { header: headers } }),
    requestBody: {
      required: true,
      content: { "application/json": { schema: requestBody, ...(examples && { examples: { ...examples } }) } },
    },
    responses: toResponses(callback),
  };
}

function toResponses({ responses }: Callback): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { description, body }]) => [
      status,
      { description, ...(body && { content: { "application/json": { schema: body } } }) },
    ]),
  );
}
