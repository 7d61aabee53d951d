import { ApiKey, ApiKeyScope, createApiKey, listApiKeys, NewApiKeyAnswer, revokeApiKey } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

export const ScopeRef = enumOf("Scope", ApiKeyScope.options, {
  description: "What an API key allows; `admin` includes everything, for everybody's executions.",
});

const describe = {
  key: fieldDescriptions(NewApiKeyAnswer),
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
    args: argumentsOf(createApiKey.input),
    resolve: (_root, args, { ctx }) => createApiKey.call(ctx, toInput(createApiKey.input, args)),
  }),
);

builder.mutationField("revokeApiKey", (t) =>
  t.field({
    type: ApiKeyRef,
    description: revokeApiKey.summary,
    errors: {},
    args: argumentsOf(revokeApiKey.input),
    resolve: (_root, args, { ctx }) => revokeApiKey.call(ctx, toInput(revokeApiKey.input, args)),
  }),
);
