import { z } from "zod";
import { mutation } from "../operation.ts";
import { NewSigningSecret, SignatureVersion, toNewSigningSecret } from "./signing-secret.ts";

export const createSigningSecret = mutation({
  name: "createSigningSecret",
  summary: "Create a secret that signs your callbacks from now on, in addition to existing ones.",
  scope: "execute",
  input: z.strictObject({ version: SignatureVersion.default("v1") }).meta({ id: "CreateSigningSecret" }),
  output: NewSigningSecret,
  async run(ctx, { version }) {
    const created = await ctx.signingSecrets.create(ctx.client.id, version);
    ctx.log.info({ client: ctx.client.id, secret_id: created.id }, "signing secret created");
    return toNewSigningSecret(created);
  },
});
