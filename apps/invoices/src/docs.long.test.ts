import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { startInvoices } from "./testing/invoices.ts";

describeInChromium("/docs of the invoices", (open) => {
  it("shows the callback's address, payload and expected response", async () => {
    await using invoices = await startInvoices();
    await using opened = await open(`${invoices.url}/docs`);
    const { page, problems } = opened;
    const createInvoice = page.locator("#operations-default-create_invoice_invoices__post");
    await createInvoice.locator(".opblock-summary-control").first().click();
    await createInvoice.getByText("Callbacks", { exact: true }).click();

    const callbacks = createInvoice.locator(".callbacks-container");
    expect(await callbacks.getByRole("heading").first().innerText()).toBe("invoice_notification");
    const notification = callbacks.locator(".opblock");
    expect(await notification.count()).toBe(1);
    expect(await notification.locator(".opblock-summary-method").innerText()).toBe("POST");
    const expression = notification.locator(".opblock-summary-path");
    expect((await expression.innerText()).replaceAll("\u200b", "")).toBe("{$callback_url}/invoices/{$request.body.id}");

    await notification.locator(".opblock-summary-control").click();
    const body = notification.locator(".opblock-section-request-body");
    expect(JSON.parse(await body.locator(".highlight-code").innerText())).toEqual({
      description: "Payment celebration",
      paid: true,
    });
    await body.getByRole("tab", { name: "Schema" }).click();
    expect(await fieldsOf(body)).toEqual({ InvoiceEvent: "object", description: "string", paid: "boolean" });

    const received = notification.locator('.response[data-code="200"]');
    await received.getByRole("tab", { name: "Schema" }).click();
    expect(await fieldsOf(received)).toEqual({ InvoiceEventReceived: "object", ok: "boolean" });
    expect(problems).toEqual([]);
  });

  it("creates an invoice with Try it out", async () => {
    await using invoices = await startInvoices();
    await using opened = await open(`${invoices.url}/docs`);
    const { page, problems } = opened;
    const createInvoice = page.locator("#operations-default-create_invoice_invoices__post");
    await createInvoice.locator(".opblock-summary-control").click();
    await createInvoice.getByPlaceholder("callback_url").fill("https://www.external.org/events");
    await createInvoice.getByRole("button", { name: "Execute" }).click();
    const answer = createInvoice.locator(".live-responses-table .highlight-code").first();
    expect(await answer.innerText()).toContain("Invoice received");
    expect((await invoices.get("/invoices/2expen51ve/")).body.callback?.url).toBe(
      "https://www.external.org/events/invoices/2expen51ve",
    );
    expect(problems).toEqual([]);
  });
});

/** The names and types of a rendered schema, its own name first. */
async function fieldsOf(section: Locator): Promise<Record<string, string>> {
  const heads = await section.locator(".json-schema-2020-12-head").all();
  const fields = heads.map(async (head) => [
    await head.locator(".json-schema-2020-12__title").innerText(),
    await head.locator(".json-schema-2020-12__attribute--primary").innerText(),
  ]);
  return Object.fromEntries(await Promise.all(fields)) as Record<string, string>;
}
