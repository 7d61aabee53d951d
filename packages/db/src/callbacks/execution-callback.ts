import type { PendingCallback } from "../executions/lifecycle.ts";

/** A callback with the execution that it tells of. */
export interface ExecutionCallback extends PendingCallback {
  readonly executionId: number;
}

/** As the database names it. */
export interface CallbackRow {
  readonly execution_id: number;
  readonly url: string;
  readonly webhook_id: string;
}

export function toExecutionCallback({
  execution_id: executionId,
  url,
  webhook_id: webhookId,
}: CallbackRow): ExecutionCallback {
  return { executionId, url, webhookId };
}
