import { randomUUID } from "node:crypto";
import type { Scope } from "@strategy-executor/core";
import { type ConnectOptions, type Db, revokeApiKey } from "@strategy-executor/db";
import { createApiKey } from "../access/api-key.ts";
import { openKeyStore } from "../commands/keys/key-store.ts";

export interface Keyring {
  readonly client: string;
  /** Creates a key of the client with these scopes. */
  key(scopes: readonly Scope[], options?: { readonly expiresInDays?: number }): Promise<TestKey>;
}

export interface TestKey {
  readonly key: string;
  revoke(): Promise<void>;
}

/** Creates a key in a database, whether a server runs on it or not. */
export async function makeApiKey(database: ConnectOptions, client: string, scopes: readonly Scope[]): Promise<string> {
  await using store = await openKeyStore({ databaseUrl: database.databaseUrl, dataDir: database.dataDir ?? "" });
  const { key } = await store.create({ client, scopes: [...scopes], expiresInDays: null });
  return key;
}

/** A new client, and its keys. */
export function newClient(db: Db): Keyring {
  const client = `client-${randomUUID()}`;
  return {
    client,
    async key(scopes, { expiresInDays } = {}) {
      const wanted = { client, scopes: [...scopes], expiresInDays: expiresInDays ?? null };
      const { key, prefix } = await createApiKey(db, wanted);
      return {
        key,
        async revoke() {
          await revokeApiKey(db, prefix);
        },
      };
    },
  };
}
