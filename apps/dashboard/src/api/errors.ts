import { ConnectionError, isRefused } from "@strategy-executor/client";

/** An error as the page shows it. */
export type Failure =
  | { readonly kind: "signed out" }
  | { readonly kind: "forbidden" | "not found"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string; readonly fields: readonly FieldError[] }
  | {
      readonly kind: "busy";
      readonly message: string;
      readonly retryAfter: number;
      /** Whether the call may have been carried out all the same, such as when the database was lost at the end. */
      readonly mayBeDone: boolean;
    }
  | { readonly kind: "unreachable" }
  | { readonly kind: "failed"; readonly message: string };

interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Converts an error of a call. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ConnectionError) return { kind: "unreachable" };
  const { data, meta, message } = error as {
    data?: { httpStatus: number; fields?: readonly FieldError[] } | null;
    meta?: { response?: Response };
    message?: string;
  };
  const text = message ?? String(error);
  const status = data?.httpStatus ?? meta?.response?.status;
  if (status === undefined) return isProgramError(error) ? { kind: "failed", message: text } : { kind: "unreachable" };
  if (status === 401) return { kind: "signed out" };
  if (status === 403) return { kind: "forbidden", message: text };
  if (status === 404) return { kind: "not found", message: text };
  if (status === 429 || status === 503) {
    const seconds = Number(meta?.response?.headers.get("retry-after"));
    const retryAfter = seconds > 0 ? Math.min(seconds, 3_600) : 5;
    return { kind: "busy", message: text, retryAfter, mayBeDone: status === 503 };
  }
  // The answer of a proxy that cannot reach the service.
  if ((status === 502 || status === 504) && data === undefined) return { kind: "unreachable" };
  if (isRefused(error)) return { kind: "refused", message: text, fields: data?.fields ?? [] };
  return { kind: "failed", message: text };
}

/** The messages of a refused call by the path of their field; empty for other errors. */
export function refusedFields(error: unknown): ReadonlyMap<string, string> {
  const failure = error === null ? null : failureOf(error);
  return new Map(failure?.kind === "refused" ? failure.fields.map(({ path, message }) => [path, message]) : []);
}

/** Whether to retry automatically: only when the service could not be reached. */
export function isWorthRetrying(count: number, error: unknown): boolean {
  const { kind } = failureOf(error);
  return count < 1 && (kind === "unreachable" || kind === "failed");
}

/** Bugs of the page itself: neither an answer of the service nor a network failure. */
function isProgramError(error: unknown): boolean {
  return error instanceof Error && error.name !== "TRPCClientError" && !(error instanceof TypeError);
}
