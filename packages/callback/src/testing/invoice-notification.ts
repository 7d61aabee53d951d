import { z } from "zod";

import { defineCallback } from "../contract/contract.ts";

/** The callback of the invoice tutorial, as its author writes it. */
export const invoiceNotification = defineCallback({
  name: "invoice_notification",
  summary: "Invoice Notification",
  address: "{$callback_url}/invoices/{$request.body.id}",
  dialect: "fastapi",
  requestBody: z.object({ description: z.string(), paid: z.boolean() }).meta({ id: "InvoiceEvent" }),
  examples: { paid: { summary: "The customer paid", value: { description: "Payment celebration", paid: true } } },
  responses: {
    200: {
      description: "Successful Response",
      body: z.object({ ok: z.boolean() }).meta({ id: "InvoiceEventReceived" }),
    },
  },
});
