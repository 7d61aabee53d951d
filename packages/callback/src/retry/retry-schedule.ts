import { type DeliveryOutcome, isDelivered } from "../deliver/deliver.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * How often a callback is tried and how long to wait in between. Plain data, so that it can be stored with the
 * callback.
 */
export interface RetryPolicy {
  /** Total attempts; with 1 it is sent once. */
  readonly maxAttempts: number;
  /**
   * The waits after the first attempt, the second, and so on: a list in milliseconds, whose last entry repeats, or a
   * rule.
   */
  readonly waits: readonly number[] | ExponentialBackoff;
}

/** Waits that grow by a factor up to a maximum, in milliseconds. */
export interface ExponentialBackoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

/** The decision after an attempt. */
export type RetryDecision =
  | { readonly kind: "ended"; readonly because: "delivered" | "gone" | "attempts used up" }
  | { readonly kind: "again"; readonly afterMs: number };

/** The last attempt, with the random number and the time that the decision depends on. */
export interface RetryState {
  /** The number of the last attempt, from 1. */
  readonly attempt: number;
  readonly outcome: DeliveryOutcome;
  /** A random number in [0, 1), as from `Math.random()`. */
  readonly random: number;
  /** Milliseconds since 1970, for a `Retry-After` in form of a date. */
  readonly now: number;
}

const minute = 60_000;
const hour = 60 * minute;

/** The schedule that Standard Webhooks 1.0 suggests: ten attempts over a little more than three days. */
export const suggestedRetries: RetryPolicy = {
  maxAttempts: 10,
  waits: [5_000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
};

/**
 * Decides after an attempt whether and when to make the next. A 2xx ends the callback, and so does a 410, by which the
 * receiver unsubscribes. Everything else is retried while attempts are left, redirects included.
 *
 * The wait is that of the policy, doubled after 502 and 504, with a random jitter of 20 %. After a timeout, 429, 502
 * and 504 it is at least 60 s. A `Retry-After` is honoured between one and two times the wait: never earlier than the
 * receiver asked for within that range, and up to 20 % later, so that retries do not arrive all at once.
 */
export function decideRetry(policy: RetryPolicy, { attempt, outcome, random, now }: RetryState): RetryDecision {
  if (isDelivered(outcome)) return { kind: "ended", because: "delivered" };
  if (statusOf(outcome) === 410) return { kind: "ended", because: "gone" };
  if (attempt >= policy.maxAttempts) return { kind: "ended", because: "attempts used up" };

  const minMs = isOverloaded(outcome) ? overloadedMs : 0;
  const waitMs = Math.max(waitAfter(policy, attempt) * (isGatewayFailure(outcome) ? 2 : 1), minMs);
  const askedMs = retryAfterMs(outcome, now);
  const afterMs =
    askedMs === undefined
      ? Math.max(waitMs * (1 + jitter * (2 * random - 1)), minMs)
      : Math.min(Math.max(askedMs, waitMs) * (1 + jitter * random), 2 * waitMs);
  return { kind: "again", afterMs: Math.round(afterMs) };
}

const jitter = 0.2;
const overloadedMs = minute;

function waitAfter({ waits }: RetryPolicy, attempt: number): number {
  if ("firstMs" in waits) return Math.min(waits.firstMs * waits.factor ** (attempt - 1), waits.longestMs);
  return waits[attempt - 1] ?? waits.at(-1) ?? 0;
}

function isOverloaded(outcome: DeliveryOutcome): boolean {
  if (outcome.kind === "not-answered") return outcome.timedOut ?? false;
  return outcome.statusCode === 429 || isGatewayFailure(outcome);
}

function isGatewayFailure(outcome: DeliveryOutcome): boolean {
  return [502, 504].includes(statusOf(outcome));
}

function statusOf(outcome: DeliveryOutcome): number {
  return outcome.kind === "answered" ? outcome.statusCode : 0;
}
