import type { ServerResponse } from "node:http";
import type { ErrorCode } from "@strategy-executor/core";

/** Refusals that a client may repeat as they are. */
const passing: ReadonlySet<ErrorCode> = new Set(["too_many_requests", "unavailable"]);

/**
 * Sets `Retry-After` for a refusal that will pass, whatever the transport and its status: GraphQL answers 200. A time
 * that is set already is better known.
 */
export function tellWhenToRetry(res: ServerResponse, code: ErrorCode): void {
  if (passing.has(code) && !res.headersSent && !res.hasHeader("Retry-After")) res.setHeader("Retry-After", "1");
}
