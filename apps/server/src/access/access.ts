import type { IncomingMessage, ServerResponse } from "node:http";
import { type Ctx, DomainError } from "@strategy-executor/core";
import { createRateLimiter } from "@strategy-executor/db";
import { tellWhenToRetry } from "../http/retry-after.ts";
import {
  type Authentication,
  type Caller,
  type Credentials,
  everybody,
  type KeyAuthentication,
  keyAuthentication,
  sessionSeconds,
} from "./authentication.ts";
import { type CookieSettings, createSessionCookie, type SessionCookie } from "./session-cookie.ts";

export type { Caller, Credentials } from "./authentication.ts";

/** Authenticates and rate-limits the requests of every transport. */
export interface Access extends Disposable {
  /**
   * Admits a request. Sets headers with the rate limit and, on a refusal, with how to authenticate.
   * @throws DomainError `unauthenticated`, `too_many_requests`, `unavailable`
   */
  admit(credentials: Credentials, options?: AdmitOptions): Promise<Caller>;
  /** Sessions of the dashboard; null where callers need no API key. */
  readonly sessions: Sessions | null;
}

/** Lets a browser in by a cookie instead of an API key. */
export interface Sessions {
  /**
   * Starts a session of an API key in place of the one in the credentials, and sets its cookie.
   * @throws DomainError as `Access.admit` does
   */
  start(apiKey: string, credentials: Credentials, setHeader: SetHeader): Promise<void>;
  /** Ends the session in the credentials, if there is one, and removes its cookie. @throws DomainError `unavailable` */
  end(credentials: Credentials, setHeader: SetHeader): Promise<void>;
}

type SetHeader = (name: string, value: string) => void;

interface AdmitOptions {
  /** How many requests this counts as. 1 when absent. */
  readonly requests?: number;
  readonly setHeader?: SetHeader;
}

export interface AccessSettings {
  /** Whether callers must show an API key. */
  readonly auth: "on" | "off";
  /** Requests that a client may make in a minute; null for any number. */
  readonly requestsPerMinute: number | null;
  readonly sites: CookieSettings;
}

export function createAccess(
  { database, log }: Pick<Ctx, "database" | "log">,
  { auth, requestsPerMinute, sites }: AccessSettings,
): Access {
  const cookie = createSessionCookie(sites);
  const keys = auth === "on" ? keyAuthentication(database, log, cookie) : null;
  const authentication = keys ?? everybody;
  const limiter = requestsPerMinute === null ? null : createRateLimiter(database.db, requestsPerMinute);
  const count = async (subject: string, { requests = 1, setHeader }: AdmitOptions) => {
    if (limiter === null || requestsPerMinute === null || requests === 0) return;
    const { allowed, remaining, resetSeconds } = await limiter.take(subject, requests);
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
        // Failed authentication counts against the address, so that keys cannot be guessed quickly.
        await count(`address ${credentials.address}`, options);
        throw error;
      });
      await count(`client ${caller.countedAs}`, options);
      return caller;
    },
    sessions: keys === null ? null : createSessions(keys, cookie, count),
    [Symbol.dispose]() {
      authentication[Symbol.dispose]();
      limiter?.[Symbol.dispose]();
    },
  };
}

/** Admits every request as the built-in client, without a rate limit. */
export const unrestrictedAccess: Access = {
  sessions: null,
  admit: (credentials) => everybody.authenticate(credentials),
  [Symbol.dispose]() {},
};

/** Admits an HTTP request. @throws DomainError as `Access.admit` does */
export async function admitRequest(
  access: Access,
  req: IncomingMessage,
  res: ServerResponse,
  requests = 1,
): Promise<Caller> {
  const setHeader: SetHeader = (name, value) => void res.setHeader(name, value);
  try {
    return await access.admit(toCredentials(req), { requests, setHeader });
  } catch (error) {
    if (error instanceof DomainError) tellWhenToRetry(res, error.code);
    throw error;
  }
}

export function toCredentials({ headers, socket }: IncomingMessage): Credentials {
  return { authorization: headers.authorization, cookie: headers.cookie, address: socket.remoteAddress ?? "" };
}

function createSessions(
  keys: KeyAuthentication,
  cookie: SessionCookie,
  count: (subject: string, options: AdmitOptions) => Promise<void>,
): Sessions {
  const endIn = async ({ cookie: header }: Credentials) => {
    const token = cookie.read(header);
    if (token !== undefined) await keys.endSession(token);
  };
  return {
    async start(apiKey, credentials, setHeader) {
      await count(`address ${credentials.address}`, { setHeader });
      const token = await keys.startSession(apiKey);
      await endIn(credentials);
      setHeader("Set-Cookie", cookie.set(token, sessionSeconds));
    },
    async end(credentials, setHeader) {
      await endIn(credentials);
      setHeader("Set-Cookie", cookie.clear());
    },
  };
}

async function identify(
  authentication: Authentication,
  credentials: Credentials,
  { setHeader }: AdmitOptions,
): Promise<Caller> {
  try {
    const caller = await authentication.authenticate(credentials);
    if (caller.renewal !== undefined) setHeader?.("Set-Cookie", caller.renewal);
    return caller;
  } catch (error) {
    if (error instanceof DomainError && error.code === "unauthenticated") {
      const problem = credentials.authorization === undefined ? "" : ', error="invalid_token"';
      setHeader?.("WWW-Authenticate", `Bearer realm="strategy-executor"${problem}`);
    }
    throw error;
  }
}
