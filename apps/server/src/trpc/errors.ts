import { DomainError, type ErrorCode, type FieldError, toInvalid } from "@strategy-executor/core";
import { type TRPC_ERROR_CODE_KEY, TRPCError, type TRPCDefaultErrorShape } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { z } from "zod";

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
} satisfies Record<ErrorCode, TRPC_ERROR_CODE_KEY>;

/** The data of an error besides its message. */
export interface TrpcErrorData {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly httpStatus: number;
  readonly path?: string;
  /** The invalid fields. */
  readonly fields: readonly FieldError[];
}

/** The client's view of an error. Internal errors are masked. */
export function toErrorShape({ shape, error }: { shape: TRPCDefaultErrorShape; error: TRPCError }) {
  const refused = refusalOf(error);
  const code = refused === null ? error.code : codeOf[refused.code];
  const { path } = shape.data;
  const data: TrpcErrorData = {
    code,
    httpStatus: getHTTPStatusCodeFromError(new TRPCError({ code })),
    ...(path !== undefined && { path }),
    fields: refused?.fields ?? [],
  };
  return { message: messageOf(error), code: TRPC_ERROR_CODES_BY_KEY[code], data };
}

/** Whether the error is a bug or an outage. Such errors are logged and not disclosed. */
export function isUnexpected(error: TRPCError): boolean {
  return error.code === "INTERNAL_SERVER_ERROR" && refusalOf(error) === null;
}

function messageOf(error: TRPCError): string {
  if (isUnexpected(error)) return "The server failed to answer this request";
  if (error.code === "PAYLOAD_TOO_LARGE") return "The body is larger than 1 MB";
  return (refusalOf(error) ?? error).message;
}

function refusalOf({ code, cause }: TRPCError): DomainError | null {
  if (cause instanceof DomainError) return cause;
  // A ZodError from anywhere but the input is a bug.
  return code === "BAD_REQUEST" && cause instanceof z.ZodError ? toInvalid(cause) : null;
}
