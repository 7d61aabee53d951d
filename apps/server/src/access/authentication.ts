import {
  type Client,
  DomainError,
  hashApiKey,
  localClient,
  type Log,
  orUnavailable,
  type Scope,
} from "@strategy-executor/core";
import { type ApiKeyRecord, type Database, findUsableApiKey, touchApiKey } from "@strategy-executor/db";
import { isApiKey } from "./api-key.ts";

/** What a request says about its sender. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The IP address of the peer. */
  readonly address: string;
}

/** An authenticated sender. */
export interface Caller {
  readonly client: Client;
  /** The subject of the rate limit: the client's name, or its address where API keys are off. */
  readonly countedAs: string;
  /** Reports when the key is revoked or expires. Dispose it with the stream it guards. */
  watch(): KeyWatch;
}

interface KeyWatch extends Disposable {
  /** Aborts when the key is revoked or expires; the reason is the refusal. */
  readonly ended: AbortSignal;
}

export interface Authentication extends Disposable {
  /** @throws DomainError `unauthenticated`, `unavailable` */
  authenticate(credentials: Credentials): Promise<Caller>;
}

/** Authenticates every request as the built-in client. */
export const everybody: Authentication = {
  authenticate: async ({ address }) => ({ client: localClient, countedAs: address, watch: () => endless }),
  [Symbol.dispose]() {},
};

/** How long the result of a key lookup is cached. */
const freshMs = 2_000;
const touchMs = 60_000;
const maxRemembered = 10_000;

/** Authenticates requests by API keys that are neither revoked nor expired. */
export function apiKeyAuthentication({ db }: Pick<Database, "db">, log: Log): Authentication {
  const found = new Map<string, { readonly key: Promise<ApiKeyRecord | null>; readonly at: number }>();
  const touched = new Map<string, number>();
  const watched = new Map<string, Watched>();

  /** Concurrent and closely spaced requests share one lookup. */
  const find = (token: string): Promise<ApiKeyRecord | null> => {
    const hash = hashApiKey(token);
    const name = Buffer.from(hash).toString("base64");
    const known = found.get(name);
    if (known !== undefined && Date.now() - known.at < freshMs) return known.key;
    if (found.size >= maxRemembered) found.clear();
    const key = findUsableApiKey(db, hash);
    found.set(name, { key, at: Date.now() });
    key.catch(() => found.delete(name));
    return key;
  };

  const touch = (prefix: string) => {
    if (Date.now() - (touched.get(prefix) ?? 0) < touchMs) return;
    touched.set(prefix, Date.now());
    touchApiKey(db, prefix).catch((error: unknown) =>
      log.warn({ err: error, prefix }, "last use of an API key not recorded"),
    );
  };

  const watch = (token: string): KeyWatch => {
    const entry = watched.get(token) ?? { watchers: 0, ended: new AbortController() };
    entry.watchers += 1;
    watched.set(token, entry);
    let watching = true;
    return {
      ended: entry.ended.signal,
      [Symbol.dispose]() {
        if (!watching) return;
        watching = false;
        entry.watchers -= 1;
        if (entry.watchers === 0 && watched.get(token) === entry) watched.delete(token);
      },
    };
  };

  const recheck = async (token: string, ended: AbortController) => {
    try {
      if ((await find(token)) !== null) return;
      watched.delete(token);
      ended.abort(refusal());
    } catch (error) {
      // The stream continues: it reads from the same database and fails itself if the outage lasts.
      log.debug({ err: error }, "API key lookup failed");
    }
  };

  const timer = setInterval(() => watched.forEach(({ ended }, token) => void recheck(token, ended)), freshMs);
  timer.unref();

  return {
    async authenticate({ authorization }) {
      const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      if (token === undefined) throw new DomainError("unauthenticated", "Send an API key: Authorization: Bearer sx_…");
      const key = isApiKey(token) ? await orUnavailable({ log }, "authenticate", () => find(token)) : null;
      if (key === null) throw refusal();
      touch(key.prefix);
      const client = { id: key.client, scopes: new Set(key.scopes as readonly Scope[]) };
      return { client, countedAs: key.client, watch: () => watch(token) };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

interface Watched {
  watchers: number;
  readonly ended: AbortController;
}

/** One message for all three cases, so that guessing keys reveals nothing. */
function refusal(): DomainError {
  return new DomainError("unauthenticated", "The API key is unknown, revoked or expired");
}

const endless: KeyWatch = { ended: new AbortController().signal, [Symbol.dispose]() {} };
