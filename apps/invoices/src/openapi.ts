import { toCallbacksObject } from "@strategy-executor/callback";
import { z } from "zod";
import { createDocument, type ZodOpenApiResponseObject } from "zod-openapi";
import { CallbackUrl, Invoice, InvoiceStatus } from "./invoice.ts";
import { invoiceNotification } from "./invoice-notification.ts";
import { Problem } from "./problem.ts";

/** The OpenAPI document, generated from the schemas that the handlers parse with. */
export function openapiDocument() {
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Invoices",
        version: "0.1.0",
        description: "Create an invoice, and be called back when your customer has paid it.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      security: [],
      paths: {
        "/invoices/": {
          post: {
            summary: "Create Invoice",
            description:
              "Creates an invoice for your customer. When the customer's payment is recorded, your API is notified: " +
              "it receives the request under Callbacks, at the address built from `callback_url` and the invoice's id.",
            operationId: "create_invoice_invoices__post",
            requestParams: {
              query: z.object({
                callback_url: CallbackUrl.nullish().meta({
                  title: "Callback Url",
                  param: { required: false },
                }),
              }),
            },
            requestBody: {
              required: true,
              content: { "application/json": { schema: Invoice, examples: { expensive: { value: expensive } } } },
            },
            responses: {
              200: message("Invoice received"),
              409: problem("An invoice with this id exists already"),
              422: problem("Validation Error"),
            },
            callbacks: toCallbacksObject([invoiceNotification]),
          },
        },
        "/invoices/{id}/payment/": {
          post: {
            summary: "Record Payment",
            description: "Records that the customer has paid. The callback is sent at once.",
            operationId: "record_payment_invoices__id__payment__post",
            requestParams: { path: InvoicePath },
            responses: {
              200: message("Payment recorded"),
              404: problem("There is no such invoice"),
              409: problem("The invoice is paid already"),
            },
          },
        },
        "/invoices/{id}/": {
          get: {
            summary: "Read Invoice",
            description: "The invoice, its payment, and the state of its callback.",
            operationId: "read_invoice_invoices__id___get",
            requestParams: { path: InvoicePath },
            responses: {
              200: { description: "Successful Response", content: { "application/json": { schema: InvoiceStatus } } },
              404: problem("There is no such invoice"),
            },
          },
        },
      },
    },
    {
      // Receivers may return more fields, and so may later versions.
      override: ({ jsonSchema, zodSchema }) => {
        if (zodSchema instanceof z.ZodObject) delete jsonSchema.additionalProperties;
      },
    },
  );
}

const InvoicePath = z.object({ id: z.string().meta({ title: "Id", examples: ["2expen51ve"] }) });

const expensive = { id: "2expen51ve", customer: "Mr. Richie Rich", total: 9999 };

function message(msg: string): ZodOpenApiResponseObject {
  return {
    description: "Successful Response",
    content: { "application/json": { schema: z.object({ msg: z.literal(msg) }) } },
  };
}

function problem(description: string): ZodOpenApiResponseObject {
  return { description, content: { "application/problem+json": { schema: Problem } } };
}
