import { revokeApiKey as revoke } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { comparableText } from "../../common/printable-text.ts";
import { mutation } from "../operation.ts";
import { ApiKey, toApiKey } from "./api-key.ts";

export const revokeApiKey = mutation({
  name: "revokeApiKey",
  summary: "Revoke an API key for good. Its streams and sessions end within seconds.",
  scope: "admin",
  input: z.strictObject({
    prefix: comparableText()
      .min(1)
      .max(100)
      .meta({ description: "Beginning of the key, as lists show it.", examples: ["sx_0a1b2c3d"] }),
  }),
  output: ApiKey,
  async run({ database, log }, { prefix }) {
    const revoked = await revoke(database.db, prefix);
    if (revoked === null) throw new DomainError("not_found", `There is no API key ${prefix}`);
    log.info({ prefix, of: revoked.client }, "API key revoked");
    return toApiKey(revoked);
  },
});
