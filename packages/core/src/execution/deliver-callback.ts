import {
  CallbackMismatchError,
  type Deliverer,
  type DeliveryOutcome,
  isDelivered,
  preparePayload,
} from "@strategy-executor/callback";
import {
  anybody,
  type AttemptOutcome,
  closeAttempt,
  type Database,
  type ExecutionRecord,
  getExecution,
  openAttempt,
} from "@strategy-executor/db";
import type { Log } from "../log.ts";
import { executionCallback, toExecutionCallback } from "./execution-callback.ts";
import type { JobData } from "./queue.ts";

export interface DeliverCallbackOptions {
  readonly database: Database;
  readonly deliverer: Deliverer;
  readonly log: Log;
  /** Deadline of one attempt, from the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
}

/**
 * Makes the handler of the callback queue: records an attempt, sends, records what came back. An attempt whose answer was
 * not recorded because the process died is made again with the same id: a receiver may see a callback twice, never none.
 */
export function deliverCallback({ database, deliverer, log, timeoutMs }: DeliverCallbackOptions) {
  return async ({ execution_id: id }: JobData, signal: AbortSignal): Promise<void> => {
    const attempt = await openAttempt(database.db, id);
    if (attempt === null) return;
    const execution = await getExecution(database.db, id, anybody);
    if (execution === null) return;
    const body = prepare(execution);
    const headers = { "webhook-id": attempt.webhookId };
    const outcome: DeliveryOutcome =
      body === null
        ? { kind: "not-answered", error: "Not sent: the payload is not what is documented", durationMs: 0 }
        : await deliverer.deliver({ url: attempt.url, body, headers, timeoutMs, signal });
    const recorded = await closeAttempt(database.db, id, attempt.attemptId, toAttemptOutcome(outcome));
    const fields = {
      execution_id: id,
      attempt: attempt.number,
      duration_ms: outcome.durationMs,
      ...(outcome.kind === "answered" ? { status_code: outcome.statusCode } : { error: outcome.error }),
    };
    if (!recorded) log.warn(fields, "late answer to an overtaken delivery attempt dropped");
    else if (isDelivered(outcome)) log.info(fields, "callback delivered");
    else log.warn(fields, "callback not delivered");
  };

  /** What is not as documented is never sent: it is a bug of ours. */
  function prepare(execution: ExecutionRecord): string | null {
    try {
      return preparePayload(executionCallback, toExecutionCallback(execution));
    } catch (error) {
      if (!(error instanceof CallbackMismatchError)) throw error;
      log.error({ execution_id: execution.id, err: error }, "callback does not match its definition");
      return null;
    }
  }
}

function toAttemptOutcome(outcome: DeliveryOutcome): AttemptOutcome {
  if (outcome.kind === "not-answered") {
    return { statusCode: null, responseText: null, headers: null, error: outcome.error, accepted: false };
  }
  const { statusCode, responseText, headers } = outcome;
  return { statusCode, responseText, headers, error: null, accepted: isDelivered(outcome) };
}
