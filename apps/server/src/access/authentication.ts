import { randomBytes } from "node:crypto";
import {
  type Client,
  DomainError,
  hashApiKey,
  localClient,
  type Log,
  orUnavailable,
  type Scope,
} from "@strategy-executor/core";
import {
  type ApiKeyRecord,
  type Database,
  deleteSession,
  extendSession,
  findSessionKey,
  findUsableApiKey,
  insertSession,
  touchApiKey,
} from "@strategy-executor/db";
import { isApiKey } from "./api-key.ts";
import type { SessionCookie } from "./session-cookie.ts";

/** What a request says about its sender. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The `Cookie` header, which may hold the token of a session. */
  readonly cookie: string | undefined;
  /** The IP address of the peer. */
  readonly address: string;
}

/** An authenticated sender. */
export interface Caller {
  readonly client: Client;
  /** The subject of the rate limit: the client's name, or its address where API keys are off. */
  readonly countedAs: string;
  /** Reports when the key is revoked or expires, or the session ends. Dispose it with the stream it guards. */
  watch(): KeyWatch;
  /** The `Set-Cookie` header that lets a session last longer. Absent while that is not due. */
  readonly renewal?: string;
}

interface KeyWatch extends Disposable {
  /** Aborts when the caller is no longer authorized; the reason is the refusal. */
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
/** How long a session lasts after its last use. */
export const sessionSeconds = 12 * 3_600;
const maxRemembered = 10_000;

/** Authenticates by API keys that are neither revoked nor expired, and by sessions of such keys. */
export interface KeyAuthentication extends Authentication {
  /** Starts a session of an API key, and returns its token. @throws DomainError `unauthenticated`, `unavailable` */
  startSession(apiKey: string): Promise<string>;
  /** Ends a session. @throws DomainError `unavailable` */
  endSession(token: string): Promise<void>;
}

export function keyAuthentication({ db }: Pick<Database, "db">, log: Log, cookie: SessionCookie): KeyAuthentication {
  const found = new Map<string, { readonly key: Promise<ApiKeyRecord | null>; readonly at: number }>();
  const touched = new Map<string, number>();
  const watched = new Map<string, Watched>();

  /** Concurrent and closely spaced requests share one lookup. */
  const find = ({ name, hash, kind }: Proof): Promise<ApiKeyRecord | null> => {
    const known = found.get(name);
    if (known !== undefined && Date.now() - known.at < freshMs) return known.key;
    if (found.size >= maxRemembered) found.clear();
    const key = lookUps[kind](db, hash);
    found.set(name, { key, at: Date.now() });
    key.catch(() => found.delete(name));
    return key;
  };

  const findOrRefuse = async (proof: Proof): Promise<ApiKeyRecord> => {
    const key = await orUnavailable({ log }, "authenticate", () => find(proof));
    if (key === null) throw refusalOf(proof.kind);
    return key;
  };

  /** Records a use, at most once a minute. Returns whether it was due. */
  const touch = (name: string, record: () => Promise<void>): boolean => {
    if (Date.now() - (touched.get(name) ?? 0) < touchMs) return false;
    if (touched.size >= maxRemembered) touched.clear();
    touched.set(name, Date.now());
    record().catch((error: unknown) => log.warn({ err: error }, "last use of an API key or session not recorded"));
    return true;
  };

  const watch = (proof: Proof): KeyWatch => {
    const entry = watched.get(proof.name) ?? { proof, watchers: 0, ended: new AbortController() };
    entry.watchers += 1;
    watched.set(proof.name, entry);
    let watching = true;
    return {
      ended: entry.ended.signal,
      [Symbol.dispose]() {
        if (!watching) return;
        watching = false;
        entry.watchers -= 1;
        if (entry.watchers === 0 && watched.get(proof.name) === entry) watched.delete(proof.name);
      },
    };
  };

  const recheck = async ({ proof, ended }: Watched) => {
    try {
      if ((await find(proof)) !== null) return;
      watched.delete(proof.name);
      ended.abort(refusalOf(proof.kind));
    } catch (error) {
      // The stream continues: it reads from the same database and fails itself if the outage lasts.
      log.debug({ err: error }, "API key lookup failed");
    }
  };

  const timer = setInterval(() => watched.forEach((entry) => void recheck(entry)), freshMs);
  timer.unref();

  return {
    async authenticate({ authorization, cookie: header }) {
      const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      const session = token === undefined ? cookie.read(header) : undefined;
      if (token === undefined && session === undefined)
        throw new DomainError("unauthenticated", "Send an API key: Authorization: Bearer sx_…");
      const proof = token === undefined ? proofOf("session", session!) : keyProof(token);
      const key = await findOrRefuse(proof);
      touch(key.prefix, () => touchApiKey(db, key.prefix));
      const client = { id: key.client, scopes: new Set(key.scopes as readonly Scope[]) };
      const caller = { client, countedAs: key.client, watch: () => watch(proof) };
      if (session === undefined) return caller;
      const { name, hash } = proof;
      const isRenewed = touch(name, () => extendSession(db, { hash, seconds: sessionSeconds }));
      return isRenewed ? { ...caller, renewal: cookie.set(session, sessionSeconds) } : caller;
    },
    async startSession(apiKey) {
      const { prefix: keyPrefix } = await findOrRefuse(keyProof(apiKey));
      const token = randomBytes(32).toString("base64url");
      const { hash } = proofOf("session", token);
      await orUnavailable({ log }, "startSession", () =>
        insertSession(db, { hash, keyPrefix, seconds: sessionSeconds }),
      );
      return token;
    },
    async endSession(token) {
      const { hash, name } = proofOf("session", token);
      await orUnavailable({ log }, "endSession", () => deleteSession(db, hash));
      found.delete(name);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** What a caller shows: an API key or the token of a session. */
interface Proof {
  readonly kind: "key" | "session";
  readonly hash: Uint8Array;
  /** Its name in this process. */
  readonly name: string;
}

const lookUps = { key: findUsableApiKey, session: findSessionKey } as const;

function keyProof(text: string): Proof {
  if (!isApiKey(text)) throw refusalOf("key");
  return proofOf("key", text);
}

function proofOf(kind: Proof["kind"], text: string): Proof {
  // Tokens are as random as keys.
  const hash = hashApiKey(text);
  return { kind, hash, name: `${kind} ${Buffer.from(hash).toString("base64")}` };
}

interface Watched {
  readonly proof: Proof;
  watchers: number;
  readonly ended: AbortController;
}

/** One message for all cases of a kind, so that guessing reveals nothing. */
function refusalOf(kind: Proof["kind"]): DomainError {
  const messages = {
    key: "The API key is unknown, revoked or expired",
    session: "The session has ended: sign in again",
  } as const;
  return new DomainError("unauthenticated", messages[kind]);
}

const endless: KeyWatch = { ended: new AbortController().signal, [Symbol.dispose]() {} };
