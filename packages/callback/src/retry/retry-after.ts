import type { DeliveryOutcome } from "../deliver/deliver.ts";

/**
 * The wait that the receiver requested by its `Retry-After` header (RFC 9110, section 10.2.3), in seconds or as a date
 * in the form that senders must use. 0 for a past date; undefined when the header is absent or malformed.
 *
 * @param now milliseconds since 1970
 */
export function retryAfterMs(outcome: DeliveryOutcome, now: number): number | undefined {
  const value = outcome.kind === "answered" ? (outcome.headers["Retry-After"] ?? "") : "";
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}
