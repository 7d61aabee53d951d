import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createDocument } from "zod-openapi";

import { type Callback, defineCallback } from "./contract.ts";
import { toCallbacksObject } from "./openapi.ts";
import { invoiceNotification } from "../testing/invoice-notification.ts";

function documentWith(callbacks: readonly Callback[]) {
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Invoices", version: "1" },
    paths: {
      "/invoices/": {
        post: { responses: { 200: { description: "Received" } }, callbacks: toCallbacksObject(callbacks) },
      },
    },
  });
}

describe("toCallbacksObject", () => {
  it("has the structure that FastAPI writes", () => {
    const document = documentWith([invoiceNotification]);
    expect(document.paths?.["/invoices/"]?.post?.callbacks).toEqual({
      invoice_notification: {
        "{$callback_url}/invoices/{$request.body.id}": {
          post: {
            summary: "Invoice Notification",
            operationId: "invoice_notification",
            requestBody: {
              required: true,
              content: {
                "application/json": {
                  schema: { $ref: "#/components/schemas/InvoiceEvent" },
                  examples: {
                    paid: { summary: "The customer paid", value: { description: "Payment celebration", paid: true } },
                  },
                },
              },
            },
            responses: {
              200: {
                description: "Successful Response",
                content: { "application/json": { schema: { $ref: "#/components/schemas/InvoiceEventReceived" } } },
              },
            },
          },
        },
      },
    });
    expect(document.components?.schemas).toMatchObject({
      InvoiceEvent: { type: "object", required: ["description", "paid"] },
      InvoiceEventReceived: { type: "object", required: ["ok"] },
    });
  });

  it("documents a discriminated union, headers and answers without a body", () => {
    const finished = defineCallback({
      name: "finished",
      summary: "Finished",
      description: "Sent once.",
      address: "{$request.body#/callback_url}",
      method: "put",
      operationId: "tell",
      requestBody: z.discriminatedUnion("status", [
        z.object({ status: z.literal("completed"), result: z.number() }).meta({ id: "Completed" }),
        z.object({ status: z.literal("failed"), error_message: z.string() }).meta({ id: "Failed" }),
      ]),
      headers: z.object({ "webhook-id": z.string() }),
      responses: { "2XX": { description: "Accepted" } },
    });
    const callbacks = documentWith([finished]).paths?.["/invoices/"]?.post?.callbacks;
    expect(callbacks).toMatchObject({
      finished: {
        "{$request.body#/callback_url}": {
          put: {
            description: "Sent once.",
            operationId: "tell",
            parameters: [{ in: "header", name: "webhook-id", required: true, schema: { type: "string" } }],
            requestBody: {
              content: {
                "application/json": {
                  schema: {
                    discriminator: {
                      propertyName: "status",
                      mapping: { completed: "#/components/schemas/Completed", failed: "#/components/schemas/Failed" },
                    },
                    oneOf: [{ $ref: "#/components/schemas/Completed" }, { $ref: "#/components/schemas/Failed" }],
                  },
                },
              },
            },
            responses: { "2XX": { description: "Accepted" } },
          },
        },
      },
    });
  });

  it("refuses two callbacks of one name", () => {
    expect(() => toCallbacksObject([invoiceNotification, invoiceNotification])).toThrow("invoice_notification");
  });
});
