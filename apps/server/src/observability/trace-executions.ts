import { type DeliveryOutcome, isDelivered } from "@strategy-executor/callback";
import type { Observer } from "@strategy-executor/core";
import type { Tracing } from "./tracing.ts";

/**
 * Adds spans for an execution's wait, attempts and deliveries to the trace of its request, and passes the `traceparent`
 * on to the receiver. Calls the wrapped observer too.
 */
export function traceExecutions(tracing: Tracing, others: Observer): Observer {
  return {
    ...others,
    attempt(attempt) {
      const { id, strategy, attempt: number, waitedMs, traceParent: parent } = attempt;
      const observed = others.attempt(attempt);
      const attributes = {
        "strategy_executor.execution_id": id,
        "strategy_executor.strategy": strategy,
        "strategy_executor.attempt": number,
      };
      if (number === 1) tracing.start("queue", { kind: "internal", parent, attributes, sinceMs: waitedMs }).end();
      const span = tracing.start("compute", { kind: "internal", parent, attributes });
      return (ending) => {
        observed(ending);
        span.end({
          attributes: { "strategy_executor.ending": ending },
          ...(ending !== "completed" && { error: ending }),
        });
      };
    },
    delivery(delivery) {
      const { executionId, attempt, traceParent: parent } = delivery;
      const observed = others.delivery(delivery);
      const attributes = {
        "http.request.method": "POST",
        "strategy_executor.execution_id": executionId,
        "strategy_executor.delivery_attempt": attempt,
      };
      const span = tracing.start("deliver", { kind: "client", parent, attributes });
      return {
        headers: { ...observed.headers, traceparent: span.traceParent },
        ended(outcome) {
          observed.ended(outcome);
          span.end(spanResult(outcome));
        },
      };
    },
  };
}

/** Omits the URL, which may hold a secret. */
function spanResult(outcome: DeliveryOutcome) {
  if (outcome.kind !== "answered") return { error: outcome.error };
  const { statusCode } = outcome;
  return {
    attributes: { "http.response.status_code": statusCode },
    ...(!isDelivered(outcome) && { error: `answered ${statusCode}` }),
  };
}
