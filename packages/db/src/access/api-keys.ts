import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { apiKeys, sessions } from "../schema.ts";

/** An API key without the key itself. */
export interface ApiKeyRecord {
  /** First characters of the key. */
  readonly prefix: string;
  /** The client that the key belongs to. */
  readonly client: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** Null when the key never expires. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Precise to the minute; null before the first use. */
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  readonly prefix: string;
  readonly client: string;
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export async function insertApiKey(db: Db, key: NewApiKey): Promise<ApiKeyRecord> {
  const [inserted] = await db.insert(apiKeys).values(key).returning(columns);
  return inserted!;
}

/** Lists all keys, revoked and expired ones included, oldest first. */
export function listApiKeys(db: Db): Promise<ApiKeyRecord[]> {
  return db.select(columns).from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.prefix));
}

/** Finds the key with this hash, unless it is revoked or expired. */
export async function findUsableApiKey(db: Db, hash: Uint8Array): Promise<ApiKeyRecord | null> {
  const [found] = await db
    .select(columns)
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isUsable));
  return found ?? null;
}

/** Finds the key of the session with this hash, unless the session has expired or the key is revoked or expired. */
export async function findSessionKey(db: Db, hash: Uint8Array): Promise<ApiKeyRecord | null> {
  const [found] = await db
    .select(columns)
    .from(sessions)
    .innerJoin(apiKeys, eq(apiKeys.prefix, sessions.keyPrefix))
    .where(and(eq(sessions.hash, hash), sql`${sessions.expiresAt} > now()`, isUsable));
  return found ?? null;
}

/** Whether any key is neither revoked nor expired. */
export async function hasUsableApiKey(db: Db): Promise<boolean> {
  const found = await db.select({ prefix: apiKeys.prefix }).from(apiKeys).where(isUsable).limit(1);
  return found.length > 0;
}

/** Revokes a key permanently. Returns null for an unknown prefix. Revoking a key twice changes nothing. */
export async function revokeApiKey(db: Db, prefix: string): Promise<ApiKeyRecord | null> {
  const [revoked] = await db
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
    .where(eq(apiKeys.prefix, prefix))
    .returning(columns);
  return revoked ?? null;
}

/** Records the use of a key, at most once a minute. */
export async function touchApiKey(db: Db, prefix: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.prefix, prefix), sql`coalesce(${apiKeys.lastUsedAt} <= now() - interval '1 minute', true)`));
}

const isUsable = and(isNull(apiKeys.revokedAt), sql`coalesce(${apiKeys.expiresAt} > now(), true)`);

const columns = {
  prefix: apiKeys.prefix,
  client: apiKeys.client,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  lastUsedAt: apiKeys.lastUsedAt,
};
