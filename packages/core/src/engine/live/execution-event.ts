import type { EventRecord, ExecutionStatus as Status } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionId, ExecutionStatus, identity, Instant } from "../lifecycle/execution.ts";

/** One recorded change of an execution. */
export const ExecutionEvent = z
  .object({
    execution_id: ExecutionId,
    strategy: identity.strategy,
    number: z.int().positive().meta({ description: "1, 2, 3 ... within the execution." }),
    status: ExecutionStatus,
    at: Instant.meta({ description: "When it happened." }),
  })
  .meta({ id: "ExecutionEvent" });
export type ExecutionEvent = z.output<typeof ExecutionEvent>;

export function toExecutionEvent({ executionId, strategy, number, status, at }: EventRecord): ExecutionEvent {
  return { execution_id: executionId, strategy, number, status, at: at.toISOString() };
}

export function isTerminal(status: Status): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
