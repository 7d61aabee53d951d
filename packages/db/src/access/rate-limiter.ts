import { lt } from "drizzle-orm";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { bossStatements } from "../queue/boss-statements.ts";
import type { Db } from "../connection/database.ts";
import { rateLimits } from "../schema.ts";

/** What is left to somebody in the current minute. */
export interface RateUse {
  /** Whether this time it was still within the limit. */
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the minute is over, in whole seconds, at least 1. */
  readonly resetSeconds: number;
}

export interface RateLimiter extends Disposable {
  /** Takes so many requests off what somebody has left. */
  take(who: string, requests: number): Promise<RateUse>;
}

const seconds = 60;

/**
 * Limits requests by the minute, counted together by all processes that share the database. Who has used up the limit is
 * remembered here, so that refusing costs no query; while the database cannot be reached each process counts for itself.
 */
export function createRateLimiter(db: Db, perMinute: number): RateLimiter {
  const limit = { points: perMinute, duration: seconds };
  const limiter = new RateLimiterPostgres({
    ...limit,
    storeType: "client",
    storeClient: { query: ({ text, values }: Statement) => bossStatements(db).executeSql(text, values) },
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix: "",
    inMemoryBlockOnConsumed: perMinute + 1,
    insuranceLimiter: new RateLimiterMemory(limit),
    // It would do so by a timer that cannot be stopped.
    clearExpiredByTimeout: false,
  });
  const clear = setInterval(() => {
    db.delete(rateLimits)
      .where(lt(rateLimits.expire, Date.now()))
      .catch(() => undefined);
  }, 3_600_000);
  clear.unref();
  return {
    async take(who, requests) {
      try {
        return toUse(true, await limiter.consume(who, requests));
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return toUse(false, refused);
      }
    },
    [Symbol.dispose]: () => clearInterval(clear),
  };
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

function toUse(allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): RateUse {
  return { allowed, remaining: remainingPoints, resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
