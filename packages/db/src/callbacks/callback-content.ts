import { and, eq, sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import type { Db } from "../connection/database.ts";
import type { EndedExecution, ExecutionStatus } from "../executions/executions.ts";
import { callbacks, executions } from "../schema.ts";
import type { PendingCallback } from "./execution-callback.ts";

/** What the body of a callback is made of. */
export interface CallbackContent {
  readonly execution: EndedExecution;
  /** The client that owns it. */
  readonly client: string;
  /** What the client calls it. */
  readonly label: string | null;
  /** Null without a callback. */
  readonly callback: (Omit<PendingCallback, "maxAttempts"> & { readonly format: string }) | null;
}

/** Reads what the callback of the owner's execution is made of; null when the owner has no such execution. */
export async function readCallbackContent(db: Db, id: number, owner: Owner): Promise<CallbackContent | null> {
  const [row] = await db
    .select({
      execution: {
        id: executions.id,
        strategy: executions.strategy,
        version: executions.version,
        status: executions.status,
        executionParameters: executions.executionParameters,
        result: executions.result,
        errorMessage: executions.errorMessage,
        startedAt: executions.startedAt,
        completedAt: executions.completedAt,
        traceParent: executions.traceParent,
      },
      client: executions.client,
      label: executions.label,
      callback: { url: callbacks.url, webhookId: callbacks.webhookId, format: callbacks.format },
      additions: callbacks.additions,
    })
    .from(executions)
    .leftJoin(callbacks, eq(callbacks.executionId, executions.id))
    .where(and(eq(executions.id, id), isOwner(owner, sql`${executions.client}`)));
  if (row === undefined) return null;
  const { execution, additions, ...others } = row;
  const result = execution.result === null ? null : { ...execution.result, ...additions };
  return { execution: { ...execution, result, status: execution.status as ExecutionStatus }, ...others };
}
