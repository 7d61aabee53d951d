import type { ServerResponse } from "node:http";
import type { ErrorCode } from "@strategy-executor/core";

/** Refusals after which a client may retry the same request. */
const passing: ReadonlySet<ErrorCode> = new Set(["too_many_requests", "unavailable"]);

/**
 * Sets `Retry-After` for a temporary refusal, whatever the transport and its status: GraphQL answers 200. Keeps a header that is already
 * set, because it is more exact.
 */
export function tellWhenToRetry(res: ServerResponse, code: ErrorCode): void {
  if (passing.has(code) && !res.headersSent && !res.hasHeader("Retry-After")) res.setHeader("Retry-After", "1");
}
