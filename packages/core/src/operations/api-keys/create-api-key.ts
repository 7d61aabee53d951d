import { z } from "zod";
import { givenInstant } from "../../common/given-time.ts";
import { DomainError } from "../../common/domain-error.ts";
import { mutation } from "../operation.ts";
import { ApiKeyScope, NewApiKeyAnswer, toApiKey } from "./api-key.ts";
import { clientName, makeApiKey } from "./new-api-key.ts";

export const createApiKey = mutation({
  name: "createApiKey",
  summary: "Create an API key. It is shown only once.",
  scope: "admin",
  input: z
    .strictObject({
      client: z
        .string()
        .regex(clientName, "must have 1 to 100 letters, digits or . _ @ -")
        .meta({ description: "The client that the key belongs to. Keys of one client see the same executions." }),
      scopes: z.array(ApiKeyScope).min(1).max(3).meta({ description: "The scopes of the key." }),
      expires_at: givenInstant()
        .nullish()
        .meta({ description: "When the key expires; never when absent.", examples: ["2035-01-01T00:00:00.000Z"] }),
    })
    .meta({ id: "CreateApiKey" }),
  output: NewApiKeyAnswer,
  async run({ database: { db }, log }, { client, scopes, expires_at }) {
    const expiresAt = expires_at === null || expires_at === undefined ? null : new Date(expires_at);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      const message = "must be in the future";
      throw new DomainError("invalid", `expires_at: ${message}`, [{ path: "expires_at", message }]);
    }
    const { key, record } = await makeApiKey(db, { client, scopes, expiresAt });
    log.info({ prefix: record.prefix, of: client, scopes }, "API key created");
    return { ...toApiKey(record), key };
  },
});
