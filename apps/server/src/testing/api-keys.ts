import { randomUUID } from "node:crypto";
import type { Scope } from "@strategy-executor/core";
import { type Db, revokeApiKey } from "@strategy-executor/db";
import { createApiKey } from "../access/api-key.ts";

export interface Keyring {
  readonly client: string;
  /** Creates a key of the client with these scopes. */
  key(scopes: readonly Scope[], options?: { readonly expiresInDays?: number }): Promise<TestKey>;
}

export interface TestKey {
  readonly key: string;
  revoke(): Promise<void>;
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
