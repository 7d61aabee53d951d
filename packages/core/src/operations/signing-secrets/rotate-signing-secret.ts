import { z } from "zod";
import { mutation } from "../operation.ts";
import { NewSigningSecret, SignatureVersion, toNewSigningSecret } from "./signing-secret.ts";

const hourMs = 3600_000;

export const rotateSigningSecret = mutation({
  name: "rotateSigningSecret",
  summary: "Make a secret that takes the place of your others of its version, which sign along for a while yet.",
  scope: "execute",
  input: z
    .strictObject({
      version: SignatureVersion.default("v1"),
      overlap_hours: z.number().min(0).max(8_760).default(24).meta({
        description: "How long the others sign along, so that receivers can be changed one after the other.",
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
