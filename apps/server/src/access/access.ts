import type { IncomingMessage, ServerResponse } from "node:http";
import { type Ctx, DomainError } from "@strategy-executor/core";
import { createRateLimiter } from "@strategy-executor/db";
import {
  apiKeyAuthentication,
  type Authentication,
  type Caller,
  everybody,
  type Credentials,
} from "./authentication.ts";

export type { Caller, Credentials } from "./authentication.ts";

/** The one door of all transports: says who makes a request, and counts it. */
export interface Access extends Disposable {
  /**
   * Lets a request in. What the caller is to know of its limit and of how to come in, it is told in headers.
   * @throws DomainError `unauthenticated`, `too_many_requests`, `unavailable`
   */
  admit(credentials: Credentials, options?: AdmitOptions): Promise<Caller>;
}

interface AdmitOptions {
  /** How many requests it counts as: 1 when absent. */
  readonly requests?: number;
  readonly setHeader?: (name: string, value: string) => void;
}

export interface AccessSettings {
  /** Whether callers must show an API key. */
  readonly auth: "on" | "off";
  /** Requests that a client may make in a minute; null for any number. */
  readonly requestsPerMinute: number | null;
}

export function createAccess(
  { database, log }: Pick<Ctx, "database" | "log">,
  { auth, requestsPerMinute }: AccessSettings,
): Access {
  const authentication = auth === "on" ? apiKeyAuthentication(database, log) : everybody;
  const limiter = requestsPerMinute === null ? null : createRateLimiter(database.db, requestsPerMinute);
  const count = async (who: string, { requests = 1, setHeader }: AdmitOptions) => {
    if (limiter === null || requestsPerMinute === null || requests === 0) return;
    const { allowed, remaining, resetSeconds } = await limiter.take(who, requests);
    setHeader?.("RateLimit-Policy", `"client";q=${requestsPerMinute};w=60`);
    setHeader?.("RateLimit", `"client";r=${remaining};t=${resetSeconds}`);
    if (allowed) return;
    setHeader?.("Retry-After", String(resetSeconds));
    const message = `No more than ${requestsPerMinute} requests a minute are answered: try again in ${resetSeconds} s`;
    throw new DomainError("too_many_requests", message);
  };
  return {
    async admit(credentials, options = {}) {
      const caller = await identify(authentication, credentials, options).catch(async (error: unknown) => {
        // Whoever tries keys is counted too.
        await count(`address ${credentials.address}`, options);
        throw error;
      });
      await count(`client ${caller.countedAs}`, options);
      return caller;
    },
    [Symbol.dispose]() {
      authentication[Symbol.dispose]();
      limiter?.[Symbol.dispose]();
    },
  };
}

/** Lets everybody in as the built-in client, without counting. */
export const unrestrictedAccess: Access = {
  admit: (credentials) => everybody.authenticate(credentials),
  [Symbol.dispose]() {},
};

/** Lets an HTTP request in. @throws DomainError as `Access.admit` does */
export function admitRequest(access: Access, req: IncomingMessage, res: ServerResponse, requests = 1): Promise<Caller> {
  return access.admit(toCredentials(req), { requests, setHeader: (name, value) => void res.setHeader(name, value) });
}

export function toCredentials({ headers, socket }: IncomingMessage): Credentials {
  return { authorization: headers.authorization, address: socket.remoteAddress ?? "" };
}

async function identify(
  authentication: Authentication,
  credentials: Credentials,
  { setHeader }: AdmitOptions,
): Promise<Caller> {
  try {
    return await authentication.authenticate(credentials);
  } catch (error) {
    if (error instanceof DomainError && error.code === "unauthenticated") {
      const problem = credentials.authorization === undefined ? "" : ', error="invalid_token"';
      setHeader?.("WWW-Authenticate", `Bearer realm="strategy-executor"${problem}`);
    }
    throw error;
  }
}
