import type { SigningSecretRecord } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import type { CreatedSigningSecret } from "../../engine/signing/signing-secrets.ts";

/** The two signature schemes of Standard Webhooks 1.0. */
export const SignatureVersion = z.enum(["v1", "v1a"]).meta({
  description:
    "`v1`: HMAC-SHA256 with a secret shared with the receiver. `v1a`: ed25519; the receiver has only the public key.",
});

export const SigningSecretId = z
  .string()
  .regex(/^sign_[0-9a-f]{12}$/, "is not the id of a signing secret")
  .meta({ description: "Id of the secret, as in the delivery log.", examples: ["sign_1f0c7a52be94"] });

const shown = {
  secret_id: SigningSecretId,
  client: z.string().meta({ description: "The client whose callbacks it signs." }),
  version: SignatureVersion,
  public_key: z.string().nullable().meta({
    description: "`whpk_…`: verifies `v1a` signatures; null for `v1`.",
  }),
  created_at: Instant,
  ends_at: Instant.nullable().meta({ description: "When it stops signing; null while it is not replaced." }),
  active: z.boolean().meta({ description: "Whether it signs callbacks now." }),
};

/** A secret in a list, without the secret itself. */
export const SigningSecret = z.object(shown).meta({
  id: "SigningSecret",
  description: "A signing secret, without the secret itself.",
});

/** A new secret. */
export const NewSigningSecret = z
  .object({
    ...shown,
    secret: z.string().nullable().meta({
      description: "`whsec_…`, shown only now: verifies `v1` signatures; null for `v1a`.",
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
