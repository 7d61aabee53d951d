import { lt } from "drizzle-orm";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { bossStatements } from "../queue/boss-statements.ts";
import type { Db } from "../connection/database.ts";
import { rateLimits } from "../schema.ts";

/** State of a client's limit in the current minute. */
export interface RateUse {
  /** Whether this request was within the limit. */
  readonly allowed: boolean;
  readonly remaining: number;
  /** Whole seconds until the limit resets, at least 1. */
  readonly resetSeconds: number;
}

export interface RateLimiter extends Disposable {
  /** Counts requests against the limit of a client or address. */
  take(caller: string, requests: number): Promise<RateUse>;
}

const seconds = 60;

/**
 * Limits requests per minute across all processes that share the database. Each process remembers callers that exceeded the
 * limit, so refusing them costs no query. While the database is unreachable, each process counts on its own.
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
    // The library would use a timer that cannot be stopped.
    clearExpiredByTimeout: false,
  });
  const clear = setInterval(() => {
    db.delete(rateLimits)
      .where(lt(rateLimits.expire, Date.now()))
      .catch(() => undefined);
  }, 3_600_000);
  clear.unref();
  return {
    async take(caller, requests) {
      try {
        return toUse(true, await limiter.consume(caller, requests));
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
