/** Where a callback goes, and the id that names it to its receiver and in the queue. */
export interface PendingCallback {
  readonly url: string;
  readonly webhookId: string;
}

/** A callback with the id of its execution. */
export interface ExecutionCallback extends PendingCallback {
  readonly executionId: number;
}

/** The columns as the database names them. */
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
