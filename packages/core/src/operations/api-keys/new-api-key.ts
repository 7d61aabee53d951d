import { createHash, randomBytes } from "node:crypto";
import { type ApiKeyRecord, type Db, insertApiKey } from "@strategy-executor/db";
import type { Scope } from "../operation.ts";

/** Syntax of the names of clients. */
export const clientName = new RegExp(String.raw`^[A-Za-z0-9_.@\-]{1,100}$`);

/** The client, scopes and expiry of a new key. */
export interface NewApiKey {
  readonly client: string;
  readonly scopes: readonly Scope[];
  /** Null when it never expires. */
  readonly expiresAt: Date | null;
}

/** A key with its secret text, which is shown only once. */
export interface CreatedApiKey {
  readonly key: string;
  readonly record: ApiKeyRecord;
}

/** Creates a key and stores its hash. */
export async function makeApiKey(db: Db, { client, scopes, expiresAt }: NewApiKey): Promise<CreatedApiKey> {
  const prefix = `sx_${randomBytes(4).toString("hex")}`;
  const key = `${prefix}_${randomBytes(32).toString("hex")}`;
  const own = { prefix, client, hash: hashApiKey(key), scopes: [...new Set(scopes)], expiresAt };
  return { key, record: await insertApiKey(db, own) };
}

/** The hash under which a key is stored and looked up. */
export function hashApiKey(key: string): Uint8Array {
  return createHash("sha256").update(key).digest();
}
