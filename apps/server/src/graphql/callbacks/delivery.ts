import { DeliveryAttempt, Execution } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

type Attempt = z.output<typeof DeliveryAttempt>;
type Response = NonNullable<Attempt["response"]>;

const callback = Execution.shape.callback.unwrap();
const answered = DeliveryAttempt.shape.response.unwrap().options[0];
const failed = DeliveryAttempt.shape.response.unwrap().options[1];
const describe = { callback: fieldDescriptions(callback), attempt: fieldDescriptions(DeliveryAttempt) };

const ResponseRef = builder.objectRef<Response>("DeliveryResponse").implement({
  description: "The outcome of an attempt: a response, or only `error`.",
  fields: (t) => ({
    statusCode: t.int({
      nullable: true,
      ...fieldDescriptions(answered)("status_code"),
      resolve: (response) => ("status_code" in response ? response.status_code : null),
    }),
    responseText: t.string({
      nullable: true,
      ...fieldDescriptions(answered)("response_text"),
      resolve: (response) => ("response_text" in response ? response.response_text : null),
    }),
    headers: t.field({
      type: "JSON",
      nullable: true,
      ...fieldDescriptions(answered)("headers"),
      resolve: (response) => ("headers" in response ? response.headers : null),
    }),
    error: t.string({
      nullable: true,
      ...fieldDescriptions(failed)("error"),
      resolve: (response) => ("error" in response ? response.error : null),
    }),
  }),
});

const CallbackFormatRef = enumOf("CallbackFormat", callback.shape.format.options, {
  description: "Form of a callback's body.",
});

export const CallbackStatusRef = builder.objectRef<z.output<typeof callback>>("CallbackStatus").implement({
  description: "The state of a callback's delivery.",
  fields: (t) => ({
    url: t.exposeString("url", describe.callback("url")),
    format: t.expose("format", { type: CallbackFormatRef, ...describe.callback("format") }),
    sent: t.exposeBoolean("sent", describe.callback("sent")),
    sentAt: t.expose("sent_at", { type: "DateTime", nullable: true, ...describe.callback("sent_at") }),
    response: t.expose("response", { type: ResponseRef, nullable: true, ...describe.callback("response") }),
    attempts: t.exposeInt("attempts", describe.callback("attempts")),
    maxAttempts: t.exposeInt("max_attempts", describe.callback("max_attempts")),
    nextAttemptAt: t.expose("next_attempt_at", {
      type: "DateTime",
      nullable: true,
      ...describe.callback("next_attempt_at"),
    }),
  }),
});

const DeliveryAttemptRef = builder.objectRef<Attempt>("DeliveryAttempt").implement({
  description: "One request made to deliver a callback, with its outcome.",
  fields: (t) => ({
    number: t.exposeInt("number", describe.attempt("number")),
    url: t.exposeString("url", describe.attempt("url")),
    redelivery: t.exposeBoolean("redelivery", describe.attempt("redelivery")),
    startedAt: t.expose("started_at", { type: "DateTime", ...describe.attempt("started_at") }),
    endedAt: t.expose("ended_at", { type: "DateTime", nullable: true, ...describe.attempt("ended_at") }),
    durationMs: t.exposeInt("duration_ms", { nullable: true, ...describe.attempt("duration_ms") }),
    signedWith: t.exposeStringList("signed_with", describe.attempt("signed_with")),
    response: t.expose("response", { type: ResponseRef, nullable: true, ...describe.attempt("response") }),
  }),
});

export const DeliveryAttemptConnection = builder.connectionObject(
  { name: "DeliveryAttemptConnection", type: DeliveryAttemptRef, description: "A page of attempts, newest first." },
  { name: "DeliveryAttemptEdge", description: "An attempt in a page." },
);
