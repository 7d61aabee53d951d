import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { mutation, ownerFor } from "../operation.ts";
import { SigningSecret, SigningSecretId, toSigningSecret } from "./signing-secret.ts";

export const endSigningSecret = mutation({
  name: "endSigningSecret",
  summary: "End a secret at once: it signs no more callbacks.",
  scope: "execute",
  input: z.strictObject({ secret_id: SigningSecretId }),
  output: SigningSecret,
  async run(ctx, { secret_id }) {
    const ended = await ctx.signingSecrets.end(secret_id, ownerFor(ctx));
    if (ended === null) throw signingSecretNotFound(secret_id);
    ctx.log.info({ client: ended.client, secret_id }, "signing secret ended");
    return toSigningSecret(ended);
  },
});

export function signingSecretNotFound(id: string): DomainError {
  return new DomainError("not_found", `There is no signing secret ${id}`);
}
