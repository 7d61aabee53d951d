import { listApiKeys as readApiKeys } from "@strategy-executor/db";
import { z } from "zod";
import { query } from "../operation.ts";
import { ApiKey, toApiKey } from "./api-key.ts";

export const listApiKeys = query({
  name: "listApiKeys",
  summary: "List all API keys, oldest first, those that are revoked or expired included.",
  scope: "admin",
  input: z.strictObject({}),
  output: z.object({ api_keys: z.array(ApiKey) }).meta({ id: "ApiKeyList" }),
  run: async ({ database }) => ({ api_keys: (await readApiKeys(database.db)).map(toApiKey) }),
});
