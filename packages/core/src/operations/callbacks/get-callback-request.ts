import { unsignedHeaders } from "@strategy-executor/callback";
import { readCallbackContent } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { callbackUserAgent, toCallbackMessage } from "../../engine/delivery/execution-callback.ts";
import { callbackMail, callbackRequest } from "../../engine/delivery/notify.ts";
import { maskAddress, toFormat } from "../../notifications/callback-format.ts";
import { isMail } from "../../notifications/mailto.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { executionNotFound } from "../executions/get-execution.ts";
import { ownerFor, query } from "../operation.ts";

export const getCallbackRequest = query({
  name: "getCallbackRequest",
  summary: "Read the HTTP request of a callback, without its signatures.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: z
    .object({
      method: z.enum(["POST", "MAIL"]).meta({ description: "`MAIL` for a `mailto:` address." }),
      url: z.string().meta({
        description: "Address that is called. Masked as in the status for everybody but the execution's client.",
      }),
      headers: z.record(z.string(), z.string()).meta({
        description:
          "Headers of every attempt. Signatures, their time and `traceparent` differ by attempt. Of a mail its subject.",
      }),
      body: z.string().meta({ description: "The body as sent, in the callback's format. Of a mail its text." }),
    })
    .meta({ id: "CallbackRequest" }),
  async run(ctx, { execution_id: id }) {
    const content = await readCallbackContent(ctx.database.db, id, ownerFor(ctx));
    if (content === null) throw executionNotFound(id);
    const { execution, callback, client, label } = content;
    if (callback === null) throw new DomainError("conflict", `Execution ${id} has no callback_url`);
    if (execution.completedAt === null) {
      throw new DomainError("conflict", `Execution ${id} has not ended: it is ${execution.status}`);
    }
    // Built on demand: it depends only on the execution and the settings.
    const formatted = { ...callback, label, body: toCallbackMessage(execution).body };
    if (isMail(callback.url)) {
      const { subject, text } = callbackMail(formatted, ctx.notifications);
      return { method: "MAIL" as const, url: callback.url, headers: { subject }, body: text };
    }
    const { url, body } = callbackRequest(formatted, ctx.notifications);
    return {
      method: "POST" as const,
      url: client === ctx.client.id ? url : maskAddress(toFormat(callback.format), url),
      headers: unsignedHeaders(callback.webhookId, callbackUserAgent),
      body,
    };
  },
});
