/**
 * The operations there are to be on every transport, with what they take: `?` marks what may be left out. Written by hand, so
 * that what is generated from the list of operations is checked against something else than itself.
 */
export const expectedOperations: Readonly<
  Record<string, { readonly kind: "query" | "mutation"; readonly fields: readonly string[] }>
> = {
  listStrategies: { kind: "query", fields: [] },
  getStrategy: { kind: "query", fields: ["name"] },
  executeStrategy: {
    kind: "mutation",
    fields: [
      "callback_max_attempts?",
      "callback_url?",
      "idempotency_key?",
      "parameters?",
      "priority?",
      "strategy_name",
      "time_limit_ms?",
    ],
  },
  cancelExecution: { kind: "mutation", fields: ["execution_id"] },
  listExecutions: { kind: "query", fields: ["cursor?", "limit?", "status?", "strategy?"] },
  getExecution: { kind: "query", fields: ["execution_id"] },
  getSeries: { kind: "query", fields: ["execution_id"] },
  listDeliveryAttempts: { kind: "query", fields: ["cursor?", "execution_id", "limit?"] },
  redeliverCallback: { kind: "mutation", fields: ["execution_id"] },
  redeliverCallbacks: {
    kind: "mutation",
    fields: ["cursor?", "include_delivered?", "limit?", "since?", "strategy?", "until?"],
  },
  listReceivers: { kind: "query", fields: [] },
  createSigningSecret: { kind: "mutation", fields: ["version?"] },
  rotateSigningSecret: { kind: "mutation", fields: ["overlap_hours?", "version?"] },
  listSigningSecrets: { kind: "query", fields: [] },
  endSigningSecret: { kind: "mutation", fields: ["secret_id"] },
  listPrices: { kind: "query", fields: [] },
  submitSweep: {
    kind: "mutation",
    fields: [
      "best?",
      "callback_max_attempts?",
      "callback_url?",
      "grid",
      "heat_map?",
      "idempotency_key?",
      "objective?",
      "parameters?",
      "priority?",
      "strategy_name",
      "walk_forward?",
    ],
  },
  cancelSweep: { kind: "mutation", fields: ["execution_id"] },
  listSweeps: { kind: "query", fields: ["cursor?", "limit?"] },
  getSweep: { kind: "query", fields: ["execution_id"] },
  getSweepTable: { kind: "query", fields: ["cursor?", "execution_id", "limit?"] },
  importPrices: { kind: "mutation", fields: ["csv", "exchange?", "source?", "ticker?"] },
  getCalendar: { kind: "query", fields: ["exchange", "from?", "to?"] },
  previewSchedule: { kind: "query", fields: ["count?", "from?", "when"] },
  setExchangeDay: { kind: "mutation", fields: ["close?", "day", "exchange", "note?", "session?"] },
};
