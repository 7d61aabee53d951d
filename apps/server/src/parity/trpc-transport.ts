import type { ErrorCode } from "@strategy-executor/core";
import type { z } from "zod";
import type { TrpcErrorData } from "../trpc/errors.ts";
import { appRouter } from "../trpc/router.ts";
import { fieldsOf, Refusal, type Transport, withKey } from "./transport.ts";

const codeOf = {
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  invalid: "UNPROCESSABLE_CONTENT",
  conflict: "CONFLICT",
  cursor_expired: "PRECONDITION_FAILED",
  payload_too_large: "PAYLOAD_TOO_LARGE",
  too_many_requests: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  not_configured: "NOT_IMPLEMENTED",
} satisfies Record<ErrorCode, TrpcErrorData["code"]>;

export const trpcTransport: Transport = {
  name: "tRPC",
  besides: ["watchExecution", "watchExecutions", "watchScheduleRuns"],
  offers: () =>
    Object.entries(appRouter._def.procedures).map(([name, { _def: definition }]) => ({
      name,
      kind: definition.type as "query" | "mutation",
      fields: fieldsOf(inputOf(definition)),
    })),

  async call(address, operation, input, apiKey) {
    const isQuery = appRouter._def.procedures[operation as "getExecution"]._def.type === "query";
    const json = JSON.stringify(input);
    const url = `${address}/trpc/${operation}${isQuery ? `?input=${encodeURIComponent(json)}` : ""}`;
    const headers = withKey(apiKey);
    const post = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: json };
    const response = await fetch(url, isQuery ? { headers } : post);
    const answer = (await response.json()) as Answer;
    if ("error" in answer) throw toRefusal(answer.error);
    return answer.result.data;
  },
};

type Answer =
  | { readonly result: { readonly data: unknown } }
  | { readonly error: { readonly message: string; readonly data: TrpcErrorData } };

/** The router's types hide its input schemas. */
function inputOf(definition: object): z.ZodObject {
  return (definition as { readonly inputs: readonly [z.ZodObject] }).inputs[0];
}

function toRefusal({ message, data }: { readonly message: string; readonly data: TrpcErrorData }): Error {
  const code = (Object.keys(codeOf) as ErrorCode[]).find((key) => codeOf[key] === data.code);
  return code === undefined ? new Error(`Answered ${data.code}: ${message}`) : new Refusal(code, message, data.fields);
}
