import { type ExecutionAttemptRecord, getExecution, listExecutionAttempts as read } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionId, Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";
import { executionNotFound } from "./get-execution.ts";

export const AttemptStatus = z.enum(["running", "completed", "failed", "cancelled", "interrupted", "returned"]).meta({
  description:
    "`interrupted`: the worker was presumed dead, or another attempt took over; `returned`: the worker returned the execution to the queue, because the process ended or no thread was free.",
});

/** A try of a worker to run an execution. */
export const ExecutionAttempt = z
  .object({
    number: z
      .int()
      .positive()
      .meta({ description: "1, 2, 3 ... within the execution.", examples: [1] }),
    status: AttemptStatus,
    worker_id: z
      .int()
      .nullable()
      .meta({ description: "Number of the worker; null when not known.", examples: [7] }),
    worker: z
      .string()
      .nullable()
      .meta({
        description: "Host and process number of the worker; null when not known.",
        examples: ["worker-1/4711"],
      }),
    started_at: Instant.meta({ description: "When it began." }),
    last_seen_at: Instant.meta({ description: "Last heartbeat of the worker during the attempt." }),
    ended_at: Instant.nullable().meta({
      description: "When it ended, or when its interruption was noticed; null while it runs.",
    }),
  })
  .meta({ id: "ExecutionAttempt" });

export const listExecutionAttempts = query({
  name: "listExecutionAttempts",
  summary: "List the attempts at an execution, with their workers, newest first.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId, ...pageInput }),
  output: z
    .object({ attempts: z.array(ExecutionAttempt), next_cursor: NextCursor })
    .meta({ id: "ExecutionAttemptList" }),
  async run(ctx, { execution_id, limit, cursor }) {
    const { db } = ctx.database;
    const owner = ownerFor(ctx);
    const attempts = await read(db, execution_id, owner, { before: fromCursor(cursor), limit: limit + 1 });
    if (attempts.length === 0 && (await getExecution(db, execution_id, owner)) === null)
      throw executionNotFound(execution_id);
    const { page, next_cursor } = toPage(attempts, limit, (attempt) => attempt.number);
    return { attempts: page.map(toExecutionAttempt), next_cursor };
  },
});

export function toExecutionAttempt(record: ExecutionAttemptRecord): z.output<typeof ExecutionAttempt> {
  return {
    number: record.number,
    status: record.status,
    worker_id: record.worker?.id ?? null,
    worker: record.worker?.name ?? null,
    started_at: record.startedAt.toISOString(),
    last_seen_at: record.seenAt.toISOString(),
    ended_at: toInstant(record.endedAt),
  };
}
