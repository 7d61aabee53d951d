import { getSession } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { ExchangeRef } from "../prices/prices.ts";
import { ScopeRef } from "./api-keys.ts";

const describe = fieldDescriptions(getSession.output);

const { auth, mode } = getSession.output.shape;
const AuthRef = enumOf("Authentication", auth.options, { description: auth.description });
const ModeRef = enumOf("ServiceMode", mode.options, { description: mode.description });

const SessionRef = builder.objectRef<z.output<typeof getSession.output>>("Session").implement({
  description: "The identity of the caller, and what the service offers.",
  fields: (t) => ({
    client: t.exposeString("client", describe("client")),
    scopes: t.expose("scopes", { type: [ScopeRef], ...describe("scopes") }),
    auth: t.expose("auth", { type: AuthRef, ...describe("auth") }),
    mode: t.expose("mode", { type: ModeRef, ...describe("mode") }),
    version: t.exposeString("version", describe("version")),
    publicUrl: t.exposeString("public_url", { nullable: true, ...describe("public_url") }),
    mail: t.exposeBoolean("mail", describe("mail")),
    exchanges: t.expose("exchanges", { type: [ExchangeRef], ...describe("exchanges") }),
  }),
});

builder.queryField("session", (t) =>
  t.field({
    type: SessionRef,
    description: getSession.summary,
    resolve: (_root, _args, { ctx }) => getSession.call(ctx, {}),
  }),
);
