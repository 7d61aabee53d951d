import { defineCallback } from "@strategy-executor/callback";
import { z } from "zod";

const InvoiceEvent = z
  .object({
    description: z.string().meta({ title: "Description" }),
    paid: z.boolean().meta({ title: "Paid" }),
  })
  .meta({ id: "InvoiceEvent", title: "InvoiceEvent" });

const InvoiceEventReceived = z
  .object({ ok: z.boolean().meta({ title: "Ok" }) })
  .meta({ id: "InvoiceEventReceived", title: "InvoiceEventReceived" });

/** Notifies the developer who created an invoice that the customer has paid it. */
export const invoiceNotification = defineCallback({
  name: "invoice_notification",
  summary: "Invoice Notification",
  operationId: "invoice_notification__callback_url__invoices___request_body_id__post",
  address: "{$callback_url}/invoices/{$request.body.id}",
  dialect: "fastapi",
  requestBody: InvoiceEvent,
  examples: { paid: { summary: "The customer has paid", value: { description: "Payment celebration", paid: true } } },
  responses: {
    200: { description: "Successful Response", body: InvoiceEventReceived },
    422: { description: "Validation Error" },
  },
});
