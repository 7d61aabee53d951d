import type { Admission } from "./circuit-breaker.ts";

/** A rate limit that lets `burst` through at once and `perSecond` in the long run. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket of tokens, known by when it will be full again, in milliseconds of a clock that never goes back. Plain data. */
export interface TokenBucket {
  readonly fullAt: number;
}

export const fullBucket: TokenBucket = { fullAt: 0 };

/** Takes a token, or tells in how many milliseconds there will be one. */
export function takeToken(bucket: TokenBucket, { perSecond, burst }: RateLimit, now: number): Admission<TokenBucket> {
  const tokenMs = 1000 / perSecond;
  const emptyMs = burst * tokenMs;
  const fullInMs = Math.max(bucket.fullAt - now, 0);
  const waitMs = Math.max(Math.ceil(fullInMs + tokenMs - emptyMs), 0);
  return { next: waitMs > 0 ? bucket : { fullAt: now + fullInMs + tokenMs }, waitMs };
}
