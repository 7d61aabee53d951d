import type { Outcome } from "@strategy-executor/db";

/**
 * How an attempt to run an execution ended. The thread that computes a result also validates it, because parsing it again
 * would block the event loop.
 */
export type ExecutionOutcome =
  | (Extract<Outcome, { status: "completed" }> & {
      /** How the result differs from its schema; null when it matches. */
      readonly mismatch: string | null;
    })
  | Extract<Outcome, { status: "failed" }>;

export function failed(errorMessage: string): ExecutionOutcome & { readonly status: "failed" } {
  return { status: "failed", errorMessage };
}
