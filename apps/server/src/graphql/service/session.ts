import { getSession } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { ExchangeRef } from "../prices/prices.ts";
import { ScopeRef } from "./api-keys.ts";

const say = fieldDescriptions(getSession.output);

const SessionRef = builder.objectRef<z.output<typeof getSession.output>>("Session").implement({
  description: "Who is asking, and what the service offers.",
  fields: (t) => ({
    client: t.exposeString("client", say("client")),
    scopes: t.expose("scopes", { type: [ScopeRef], ...say("scopes") }),
    auth: t.exposeString("auth", say("auth")),
    mode: t.exposeString("mode", say("mode")),
    version: t.exposeString("version", say("version")),
    publicUrl: t.exposeString("public_url", { nullable: true, ...say("public_url") }),
    mail: t.exposeBoolean("mail", say("mail")),
    exchanges: t.expose("exchanges", { type: [ExchangeRef], ...say("exchanges") }),
  }),
});

builder.queryField("session", (t) =>
  t.field({
    type: SessionRef,
    description: getSession.summary,
    resolve: (_root, _args, { ctx }) => getSession.call(ctx, {}),
  }),
);
