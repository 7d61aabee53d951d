import type { DeliveryOutcome } from "../deliver/deliver.ts";

/** The outcome of an attempt that was answered with this status. */
export function answered(statusCode: number, headers: Readonly<Record<string, string>> = {}): DeliveryOutcome {
  return { kind: "answered", statusCode, responseText: "", truncated: false, headers, durationMs: 1 };
}

/** The outcome of an attempt that timed out. */
export const timedOut: DeliveryOutcome = {
  kind: "not-answered",
  error: "Timeout after 10 s",
  timedOut: true,
  durationMs: 10_000,
};

/** The outcome of an attempt whose connection was refused. */
export const refused: DeliveryOutcome = {
  kind: "not-answered",
  error: "Connection refused",
  timedOut: false,
  durationMs: 1,
};
