import { fileURLToPath } from "node:url";
import { lintFromString, loadConfig } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { invoiceNotification } from "./invoice-notification.ts";
import { openapiDocument } from "./openapi.ts";

const document = JSON.parse(JSON.stringify(openapiDocument())) as ReturnType<typeof openapiDocument>;
const createInvoice = document.paths?.["/invoices/"]?.post;
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("passes Redocly's lint", async () => {
    const config = await loadConfig({ configPath: fileURLToPath(new URL("../../../redocly.yaml", import.meta.url)) });
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: "openapi.json", config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });
});

describe("matches FastAPI's document of the tutorial's app", () => {
  it("the callback, with its expression as the key", () => {
    expect(createInvoice?.callbacks).toEqual({
      invoice_notification: {
        "{$callback_url}/invoices/{$request.body.id}": {
          post: {
            summary: "Invoice Notification",
            operationId: "invoice_notification__callback_url__invoices___request_body_id__post",
            requestBody: {
              required: true,
              content: { "application/json": { schema: ref("InvoiceEvent"), examples: expect.anything() } },
            },
            responses: {
              200: {
                description: "Successful Response",
                content: { "application/json": { schema: ref("InvoiceEventReceived") } },
              },
              // FastAPI documents its own error body here; other receivers have theirs.
              422: { description: "Validation Error" },
            },
          },
        },
      },
    });
  });

  it("the operation that declares the callback", () => {
    expect(createInvoice).toMatchObject({
      summary: "Create Invoice",
      operationId: "create_invoice_invoices__post",
      requestBody: { required: true, content: { "application/json": { schema: ref("Invoice") } } },
      responses: { 200: { description: "Successful Response" }, 422: { description: "Validation Error" } },
    });
    expect(createInvoice?.parameters).toEqual([
      {
        name: "callback_url",
        in: "query",
        required: false,
        schema: {
          title: "Callback Url",
          anyOf: [{ type: "string", format: "uri", minLength: 1, maxLength: 2083 }, { type: "null" }],
        },
      },
    ]);
  });

  it("the schemas of the invoice, of the event and of the answer to it", () => {
    const text = (title: string) => ({ title, type: "string" });
    const yesOrNo = (title: string) => ({ title, type: "boolean" });
    expect(document.components?.schemas).toMatchObject({
      Invoice: {
        title: "Invoice",
        type: "object",
        required: ["id", "customer", "total"],
        properties: {
          id: text("Id"),
          // FastAPI writes anyOf of the two types, which is equivalent.
          title: { title: "Title", type: ["string", "null"] },
          customer: text("Customer"),
          total: { title: "Total", type: "number" },
        },
      },
    });
    expect(document.components?.schemas?.InvoiceEvent).toEqual({
      title: "InvoiceEvent",
      type: "object",
      required: ["description", "paid"],
      properties: { description: text("Description"), paid: yesOrNo("Paid") },
    });
    expect(document.components?.schemas?.InvoiceEventReceived).toEqual({
      title: "InvoiceEventReceived",
      type: "object",
      required: ["ok"],
      properties: { ok: yesOrNo("Ok") },
    });
  });

  it("operation ids built from function name, path and method", () => {
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) => [
      { method: "post", path, ...item.post },
      { method: "get", path, ...item.get },
    ]);
    const documented = operations.filter(({ operationId }) => operationId !== undefined);
    expect(documented).toHaveLength(3);
    const callback = { ...invoiceNotification, path: invoiceNotification.address.text };
    for (const { method, path, summary, operationId } of [...documented, callback]) {
      const name = summary?.toLowerCase().replaceAll(" ", "_");
      expect(operationId).toBe(`${`${name}${path}`.replaceAll(/\W/g, "_")}_${method}`);
    }
  });
});
