import { urlProblem } from "@strategy-executor/callback";
import { z } from "zod";

const Text = z.string().refine((text) => text.isWellFormed(), "is not well-formed Unicode");

/** Converts JSON's number notation; other text, such as an empty string, is refused as a number. */
function fromNumericText(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value;
}

export const Invoice = z
  .object({
    id: Text.meta({ title: "Id" }),
    title: Text.nullish().meta({ title: "Title" }),
    customer: Text.meta({ title: "Customer" }),
    total: z.preprocess(fromNumericText, z.number()).meta({ title: "Total", override: { type: "number" } }),
  })
  .meta({ id: "Invoice", title: "Invoice" });
export type Invoice = z.output<typeof Invoice>;

const maxUrlLength = 2_083;

export const CallbackUrl = z
  .string()
  .min(1, { abort: true })
  .max(maxUrlLength, { abort: true })
  .superRefine((text, { addIssue }) => {
    const problem = urlProblem(text, maxUrlLength);
    if (problem !== undefined) addIssue(problem);
  })
  .meta({ format: "uri" });

const Instant = z.string().meta({ format: "date-time" });

const CallbackStatus = z
  .object({
    url: z.string().meta({ description: "The address, resolved when the invoice was received." }),
    attempts: z.int().min(0).meta({
      description: "How often it was sent. More than once only if a crash lost the response.",
    }),
    sent: z.boolean().meta({ description: "True when the receiver answered with a 2xx status." }),
    sent_at: Instant.nullable().meta({ description: "When the receiver accepted it; null before." }),
    response: z
      .union([
        z.object({
          status_code: z.int().min(100).max(999),
          response_text: z.string().meta({ description: "Up to the first 20 kB." }),
          headers: z.record(z.string(), z.string()),
        }),
        z.object({
          error: z.string().meta({ description: "The reason for no response, such as `Connection refused`." }),
        }),
        z.null(),
      ])
      .meta({ description: "The response; null before." }),
    mismatch: z
      .string()
      .nullable()
      .meta({ description: "How a 2xx response differs from InvoiceEventReceived; null when it does not." }),
  })
  .meta({ id: "CallbackStatus" });

/** An invoice and its current state. */
export const InvoiceStatus = z
  .object({
    id: z.string(),
    title: z.string().nullable(),
    customer: z.string(),
    total: z.number(),
    paid_at: Instant.nullable().meta({ description: "When the payment was recorded; null before." }),
    callback: CallbackStatus.nullable().meta({ description: "Null without a callback_url." }),
  })
  .meta({ id: "InvoiceStatus" });
export type InvoiceStatus = z.output<typeof InvoiceStatus>;
