import type { EventRecord, ExecutionStatus as Status } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionId, ExecutionStatus, identity, Instant } from "../execution/execution.ts";

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

/** How far a running execution is. Overwritten as it goes, neither numbered nor replayed. */
export const Progress = z
  .object({
    fraction: z.number().min(0).max(1).meta({ description: "From 0 to 1." }),
    phase: z.string().meta({ description: "What it is doing.", examples: ["backtest"] }),
  })
  .meta({ id: "Progress" });
export type Progress = z.output<typeof Progress>;

export function toExecutionEvent({ executionId, strategy, number, status, at }: EventRecord): ExecutionEvent {
  return { execution_id: executionId, strategy, number, status, at: at.toISOString() };
}

export function isTerminal(status: Status): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
