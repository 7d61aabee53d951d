import {
  createSigningSecret,
  endSigningSecret,
  listSigningSecrets,
  NewSigningSecret,
  rotateSigningSecret,
  SignatureVersion,
  SigningSecret,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const VersionRef = enumOf("SignatureVersion", SignatureVersion.options, { description: SignatureVersion.description });

const describe = fieldDescriptions(NewSigningSecret);

const SecretRef = builder.interfaceRef<z.output<typeof SigningSecret>>("ShownSigningSecret").implement({
  description: "A signing secret, without its value.",
  fields: (t) => ({
    secretId: t.exposeID("secret_id", describe("secret_id")),
    client: t.exposeString("client", describe("client")),
    version: t.expose("version", { type: VersionRef, ...describe("version") }),
    publicKey: t.exposeString("public_key", { nullable: true, ...describe("public_key") }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was created." }),
    endsAt: t.expose("ends_at", { type: "DateTime", nullable: true, ...describe("ends_at") }),
    active: t.exposeBoolean("active", describe("active")),
  }),
});

const SigningSecretRef = builder.objectRef<z.output<typeof SigningSecret>>("SigningSecret").implement({
  description: SigningSecret.description ?? "",
  interfaces: [SecretRef],
  isTypeOf: (value) => !("secret" in (value as object)),
});

const NewSigningSecretRef = builder.objectRef<z.output<typeof NewSigningSecret>>("NewSigningSecret").implement({
  description: "A newly created secret.",
  interfaces: [SecretRef],
  isTypeOf: (value) => "secret" in (value as object),
  fields: (t) => ({ secret: t.exposeString("secret", { nullable: true, ...describe("secret") }) }),
});

builder.queryField("signingSecrets", (t) =>
  t.field({
    type: [SigningSecretRef],
    description: listSigningSecrets.summary,
    resolve: async (_root, _args, { ctx }) => (await listSigningSecrets.call(ctx, {})).secrets,
  }),
);

builder.mutationField("createSigningSecret", (t) =>
  t.field({
    type: NewSigningSecretRef,
    description: createSigningSecret.summary,
    errors: {},
    args: argumentsOf(createSigningSecret.input),
    resolve: (_root, args, { ctx }) => createSigningSecret.call(ctx, toInput(createSigningSecret.input, args)),
  }),
);

builder.mutationField("rotateSigningSecret", (t) =>
  t.field({
    type: NewSigningSecretRef,
    description: rotateSigningSecret.summary,
    errors: {},
    args: argumentsOf(rotateSigningSecret.input),
    resolve: (_root, args, { ctx }) => rotateSigningSecret.call(ctx, toInput(rotateSigningSecret.input, args)),
  }),
);

builder.mutationField("endSigningSecret", (t) =>
  t.field({
    type: SigningSecretRef,
    description: endSigningSecret.summary,
    errors: {},
    args: argumentsOf(endSigningSecret.input, { id: "secret_id" }),
    resolve: (_root, args, { ctx }) => endSigningSecret.call(ctx, toInput(endSigningSecret.input, args)),
  }),
);
