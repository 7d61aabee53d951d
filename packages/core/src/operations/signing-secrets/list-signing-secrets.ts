import { z } from "zod";
import { ownerFor, query } from "../operation.ts";
import { SigningSecret, toSigningSecret } from "./signing-secret.ts";

export const listSigningSecrets = query({
  name: "listSigningSecrets",
  summary: "List your active and ended signing secrets, oldest first, without the secrets themselves.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ secrets: z.array(SigningSecret) }).meta({ id: "SigningSecretList" }),
  async run(ctx) {
    const secrets = await ctx.signingSecrets.list(ownerFor(ctx));
    return { secrets: secrets.map(toSigningSecret) };
  },
});
