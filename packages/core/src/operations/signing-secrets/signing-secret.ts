import type { SigningSecretRecord } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import type { CreatedSigningSecret } from "../../engine/signing/signing-secrets.ts";

/** The two ways of Standard Webhooks 1.0 to sign. */
export const SignatureVersion = z.enum(["v1", "v1a"]).meta({
  description:
    "`v1`: HMAC-SHA256 with a secret that the receiver has too. `v1a`: ed25519, which the receiver can only verify.",
});

export const SigningSecretId = z
  .string()
  .regex(/^sign_[0-9a-f]{12}$/, "is not the id of a signing secret")
  .meta({ description: "What names it, in the log of attempts too.", examples: ["sign_1f0c7a52be94"] });

const shown = {
  secret_id: SigningSecretId,
  client: z.string().meta({ description: "Whose callbacks it signs." }),
  version: SignatureVersion,
  public_key: z.string().nullable().meta({
    description: "`whpk_…`: what receivers verify `v1a` signatures with; null for `v1`.",
  }),
  created_at: Instant,
  ends_at: Instant.nullable().meta({ description: "When it signs no more; null while nothing takes its place." }),
  active: z.boolean().meta({ description: "Whether it signs at the moment." }),
};

/** A secret as it is listed: without itself. */
export const SigningSecret = z.object(shown).meta({
  id: "SigningSecret",
  description: "What callbacks are signed with, but for the secret itself.",
});

/** A secret as it is made. */
export const NewSigningSecret = z
  .object({
    ...shown,
    secret: z.string().nullable().meta({
      description: "`whsec_…`, shown this once: what the receiver verifies `v1` signatures with; null for `v1a`.",
    }),
  })
  .meta({ id: "NewSigningSecret" });

export function toSigningSecret(record: SigningSecretRecord): z.output<typeof SigningSecret> {
  return {
    secret_id: record.id,
    client: record.client,
    version: record.version,
    public_key: record.publicKey,
    created_at: record.createdAt.toISOString(),
    ends_at: toInstant(record.endsAt),
    active: record.active,
  };
}

export function toNewSigningSecret(created: CreatedSigningSecret): z.output<typeof NewSigningSecret> {
  return { ...toSigningSecret(created), secret: created.secret };
}
