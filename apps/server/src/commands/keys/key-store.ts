import { DomainError } from "@strategy-executor/core/errors";
import { type ApiKeyRecord, type Database, listApiKeys, revokeApiKey } from "@strategy-executor/db";
import { z } from "zod";
import { createApiKey, type CreatedApiKey, type NewApiKey } from "../../access/api-key.ts";
import {
  type DatabaseLocation,
  type DatabaseServer,
  isDatabaseServer,
  accessDatabase,
} from "../operator/database-access.ts";

/** Stores API keys, directly or through the server that holds the database. */
export interface KeyStore extends AsyncDisposable {
  create(key: NewApiKey): Promise<CreatedApiKey>;
  list(): Promise<readonly ApiKeyRecord[]>;
  /** @throws Error when there is no such key */
  revoke(prefix: string): Promise<ApiKeyRecord>;
}

/** @throws DataDirInUseError when the embedded database is held by a process that serves nothing */
export async function openKeyStore(location: DatabaseLocation): Promise<KeyStore> {
  const reached = await accessDatabase(location);
  return isDatabaseServer(reached) ? throughServer(reached) : throughDatabase(reached);
}

function throughDatabase(database: Database): KeyStore {
  const { db } = database;
  return {
    create: (key) => createApiKey(db, key),
    list: () => listApiKeys(db),
    revoke: async (prefix) => ensureFound(await revokeApiKey(db, prefix), prefix),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

const Created = z.object({ key: z.string(), prefix: z.string() });
const Instant = z.iso.datetime().transform((text) => new Date(text));
const Key = z.object({
  prefix: z.string(),
  client: z.string(),
  scopes: z.array(z.string()),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
});

function throughServer(holder: DatabaseServer): KeyStore {
  return {
    create(key) {
      const headers = { "Content-Type": "application/json" };
      return holder.ask("/keys", Created, { method: "POST", headers, body: JSON.stringify(key) });
    },
    list: () => holder.ask("/keys", z.array(Key)),
    revoke: (prefix) => holder.ask(`/keys/${encodeURIComponent(prefix)}/revoke`, Key, { method: "POST" }),
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

/** @throws DomainError `not_found` */
export function ensureFound(key: ApiKeyRecord | null, prefix: string): ApiKeyRecord {
  if (key === null) throw new DomainError("not_found", `There is no key ${prefix}`);
  return key;
}
