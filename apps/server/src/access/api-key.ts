import type { Scope } from "@strategy-executor/core";
import { clientName, makeApiKey } from "@strategy-executor/core/api-keys";
import type { ApiKeyRecord, Db } from "@strategy-executor/db";
import { z } from "zod";

/** The client, scopes and expiry of a new key. */
export const NewApiKey = z.strictObject({
  client: z.string().regex(clientName, "a name has 1 to 100 letters, digits or . _ @ -"),
  scopes: z.array(z.enum(["read", "execute", "admin"] satisfies Scope[])).min(1),
  /** Null when it never expires. */
  expiresInDays: z.number().positive().max(36_500).nullable(),
});
export type NewApiKey = z.output<typeof NewApiKey>;

/** A key with its secret text, which is shown only once. */
export interface CreatedApiKey {
  readonly key: string;
  readonly prefix: string;
}

/** Creates a key and stores its hash. */
export async function createApiKey(db: Db, { client, scopes, expiresInDays }: NewApiKey): Promise<CreatedApiKey> {
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * 24 * 3600_000);
  const { key, record } = await makeApiKey(db, { client, scopes, expiresAt });
  return { key, prefix: record.prefix };
}

/** Whether a text has the form of a key. */
export function isApiKey(text: string): boolean {
  return /^sx_[0-9a-f]{8}_[0-9a-f]{64}$/.test(text);
}

/** Whether a key is active, expired or revoked. */
export function stateOf({ revokedAt, expiresAt }: Pick<ApiKeyRecord, "revokedAt" | "expiresAt">) {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt.getTime() <= Date.now() ? "expired" : "usable";
}
