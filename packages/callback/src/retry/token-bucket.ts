import type { Admission } from "./circuit-breaker.ts";

/** A rate limit of `perSecond` on average with bursts of up to `burst`. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket, stored as the time when it will be full again, in milliseconds of a monotonic clock. Plain data. */
export interface TokenBucket {
  readonly fullAt: number;
}

export const fullBucket: TokenBucket = { fullAt: 0 };

/** Takes a token, or returns the milliseconds until there is one. */
export function takeToken(bucket: TokenBucket, { perSecond, burst }: RateLimit, now: number): Admission<TokenBucket> {
  const tokenMs = 1000 / perSecond;
  const emptyMs = burst * tokenMs;
  const fullInMs = Math.max(bucket.fullAt - now, 0);
  const waitMs = Math.max(Math.ceil(fullInMs + tokenMs - emptyMs), 0);
  return { next: waitMs > 0 ? bucket : { fullAt: now + fullInMs + tokenMs }, waitMs };
}
