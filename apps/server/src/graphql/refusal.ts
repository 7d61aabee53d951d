import type { ErrorCode, FieldError } from "@strategy-executor/core";
import { toEnumName } from "./mapping/name-mapping.ts";

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly fields: readonly FieldError[];
}

/** The body of a request that is refused before GraphQL handles it. */
export function graphqlRefusal({ status, message, fields }: Refusal): {
  readonly type: string;
  readonly body: unknown;
} {
  const refused = codeOf[status];
  const other = status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
  const code = refused === undefined ? other : toEnumName(refused);
  return { type: "application/json", body: { errors: [{ message, extensions: { code, fields } }] } };
}

const codeOf: Readonly<Record<number, ErrorCode>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  413: "payload_too_large",
  422: "invalid",
  429: "too_many_requests",
  501: "not_configured",
  503: "unavailable",
};
