import type { FieldError } from "@strategy-executor/core";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { TrpcErrorData } from "./errors.ts";

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly fields: readonly FieldError[];
}

/** The body of a request that is refused before tRPC handles it. Clients apply a single error to every call of a batch. */
export function trpcRefusal({ status, message, fields }: Refusal): { readonly type: string; readonly body: unknown } {
  const code = codeOf[status] ?? (status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST");
  const data: TrpcErrorData = { code, httpStatus: status, fields };
  return { type: "application/json", body: { error: { message, code: TRPC_ERROR_CODES_BY_KEY[code], data } } };
}

const codeOf: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  501: "NOT_IMPLEMENTED",
  503: "SERVICE_UNAVAILABLE",
};
