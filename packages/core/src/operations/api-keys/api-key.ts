import type { ApiKeyRecord } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import { type Scope, scopes } from "../operation.ts";

export const ApiKeyScope = z.enum(scopes);

/** An API key without the key itself. */
export const ApiKey = z
  .object({
    prefix: z.string().meta({ description: "Beginning of the key, which identifies it.", examples: ["sx_0a1b2c3d"] }),
    client: z.string().meta({ description: "The client that the key belongs to." }),
    scopes: z.array(ApiKeyScope).meta({ description: "The scopes of the key; `admin` includes everything." }),
    created_at: Instant.meta({ description: "When it was created." }),
    expires_at: Instant.nullable().meta({ description: "When the key expires; null if it never does." }),
    revoked_at: Instant.nullable().meta({ description: "When the key was revoked; null if it was not." }),
    last_used_at: Instant.nullable().meta({ description: "Last use, to the minute; null before the first." }),
  })
  .meta({ id: "ApiKey", description: "An API key without the key itself." });

/** A new key. The key itself is shown only here. */
export const NewApiKeyAnswer = ApiKey.extend({
  key: z.string().meta({ description: "The key. It is shown only in this answer, because only its hash is stored." }),
}).meta({ id: "NewApiKey", description: "A new API key." });

export function toApiKey(record: ApiKeyRecord): z.output<typeof ApiKey> {
  return {
    prefix: record.prefix,
    client: record.client,
    scopes: record.scopes as Scope[],
    created_at: record.createdAt.toISOString(),
    expires_at: toInstant(record.expiresAt),
    revoked_at: toInstant(record.revokedAt),
    last_used_at: toInstant(record.lastUsedAt),
  };
}
