import { ApiKey, ApiKeyScope, createApiKey, listApiKeys, NewApiKeyAnswer, revokeApiKey } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

export const ScopeRef = builder.enumType("Scope", {
  description: "What an API key allows; `admin` includes everything, for everybody's executions.",
  values: ApiKeyScope.options,
});

const describe = {
  key: fieldDescriptions(NewApiKeyAnswer),
  given: fieldDescriptions(createApiKey.input),
  revoked: fieldDescriptions(revokeApiKey.input),
};

const ShownApiKeyRef = builder.interfaceRef<z.output<typeof ApiKey>>("ShownApiKey").implement({
  description: "An API key, without the key itself.",
  fields: (t) => ({
    prefix: t.exposeString("prefix", describe.key("prefix")),
    client: t.exposeString("client", describe.key("client")),
    scopes: t.expose("scopes", { type: [ScopeRef], ...describe.key("scopes") }),
    createdAt: t.expose("created_at", { type: "DateTime", ...describe.key("created_at") }),
    expiresAt: t.expose("expires_at", { type: "DateTime", nullable: true, ...describe.key("expires_at") }),
    revokedAt: t.expose("revoked_at", { type: "DateTime", nullable: true, ...describe.key("revoked_at") }),
    lastUsedAt: t.expose("last_used_at", { type: "DateTime", nullable: true, ...describe.key("last_used_at") }),
  }),
});

const ApiKeyRef = builder.objectRef<z.output<typeof ApiKey>>("ApiKey").implement({
  description: ApiKey.description ?? "",
  interfaces: [ShownApiKeyRef],
  isTypeOf: (value) => !("key" in (value as object)),
});

const NewApiKeyRef = builder.objectRef<z.output<typeof NewApiKeyAnswer>>("NewApiKey").implement({
  description: NewApiKeyAnswer.description ?? "",
  interfaces: [ShownApiKeyRef],
  isTypeOf: (value) => "key" in (value as object),
  fields: (t) => ({ key: t.exposeString("key", describe.key("key")) }),
});

builder.queryField("apiKeys", (t) =>
  t.field({
    type: [ApiKeyRef],
    description: listApiKeys.summary,
    resolve: async (_root, _args, { ctx }) => (await listApiKeys.call(ctx, {})).api_keys,
  }),
);

builder.mutationField("createApiKey", (t) =>
  t.field({
    type: NewApiKeyRef,
    description: createApiKey.summary,
    errors: {},
    args: {
      client: t.arg.string({ required: true, ...describe.given("client") }),
      scopes: t.arg({ type: [ScopeRef], required: true, ...describe.given("scopes") }),
      expiresAt: t.arg({ type: "DateTime", ...describe.given("expires_at") }),
    },
    resolve: (_root, args, { ctx }) => createApiKey.call(ctx, toInput(args)),
  }),
);

builder.mutationField("revokeApiKey", (t) =>
  t.field({
    type: ApiKeyRef,
    description: revokeApiKey.summary,
    errors: {},
    args: { prefix: t.arg.string({ required: true, ...describe.revoked("prefix") }) },
    resolve: (_root, args, { ctx }) => revokeApiKey.call(ctx, args),
  }),
);
