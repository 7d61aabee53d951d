import { z } from "zod";
import { mutation } from "../operation.ts";
import { NewSigningSecret, SignatureVersion, toNewSigningSecret } from "./signing-secret.ts";

const hourMs = 3600_000;

export const rotateSigningSecret = mutation({
  name: "rotateSigningSecret",
  summary: "Create a secret that replaces your others of its version, which keep signing for a while.",
  scope: "execute",
  input: z
    .strictObject({
      version: SignatureVersion.default("v1"),
      overlap_hours: z.number().min(0).max(8_760).default(24).meta({
        description: "How long the replaced secrets keep signing, so that receivers can be updated one by one.",
      }),
    })
    .meta({ id: "RotateSigningSecret" }),
  output: NewSigningSecret,
  async run(ctx, { version, overlap_hours }) {
    const created = await ctx.signingSecrets.rotate(ctx.client.id, version, overlap_hours * hourMs);
    ctx.log.info({ client: ctx.client.id, secret_id: created.id, overlap_hours }, "signing secret rotated");
    return toNewSigningSecret(created);
  },
});
