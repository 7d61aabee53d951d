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
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

const VersionRef = builder.enumType("SignatureVersion", {
  description: SignatureVersion.description ?? "",
  values: SignatureVersion.options,
});

const describe = fieldDescriptions(NewSigningSecret);
const sayOf = { rotate: fieldDescriptions(rotateSigningSecret.input), end: fieldDescriptions(endSigningSecret.input) };

const SecretRef = builder.interfaceRef<z.output<typeof SigningSecret>>("ShownSigningSecret").implement({
  description: "A signing secret, without its value.",
  fields: (t) => ({
    secretId: t.exposeString("secret_id", describe("secret_id")),
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
    args: { version: t.arg({ type: VersionRef, ...describe("version") }) },
    resolve: (_root, args, { ctx }) => createSigningSecret.call(ctx, toInput(args)),
  }),
);

builder.mutationField("rotateSigningSecret", (t) =>
  t.field({
    type: NewSigningSecretRef,
    description: rotateSigningSecret.summary,
    errors: {},
    args: {
      version: t.arg({ type: VersionRef, ...describe("version") }),
      overlapHours: t.arg.float(sayOf.rotate("overlap_hours")),
    },
    resolve: (_root, args, { ctx }) => rotateSigningSecret.call(ctx, toInput(args)),
  }),
);

builder.mutationField("endSigningSecret", (t) =>
  t.field({
    type: SigningSecretRef,
    description: endSigningSecret.summary,
    errors: {},
    args: { secretId: t.arg.string({ required: true, ...sayOf.end("secret_id") }) },
    resolve: (_root, args, { ctx }) => endSigningSecret.call(ctx, toInput(args)),
  }),
);
