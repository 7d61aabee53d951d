import { createServer } from "node:http";
import {
  CallbackRejectedError,
  checkResponse,
  createDeliverer,
  defineCallback,
  isDelivered,
  preparePayload,
  receiveCallback,
  resolveAddress,
  toCallbacksObject,
} from "@strategy-executor/callback";
import { z } from "zod";

export const invoicePaid = defineCallback({
  name: "invoice_paid",
  summary: "Sent when the customer has paid",
  address: "{$request.query.callback_url}/invoices/{$request.body#/id}",
  requestBody: z.object({ description: z.string(), paid: z.boolean() }).meta({ id: "InvoiceEvent" }),
  responses: {
    200: { description: "Noted", body: z.object({ ok: z.boolean() }).meta({ id: "InvoiceEventReceived" }) },
  },
});

export const createInvoice = {
  summary: "Create an invoice",
  responses: { 200: { description: "Received" } },
  callbacks: toCallbacksObject([invoicePaid]),
};

/** When the request is accepted: the address is decided once, and only the address is kept. */
export function acceptInvoice(url: URL, body: unknown): string {
  const query = Object.fromEntries(url.searchParams);
  return resolveAddress(invoicePaid.address, { url: url.href, method: "POST", query, body });
}

/** Later: the payload is checked, sent, and the answer compared with what was asked for. */
export async function tellPaid(address: string): Promise<string> {
  await using deliverer = createDeliverer();
  const body = preparePayload(invoicePaid, { description: "Payment celebration", paid: true });
  const outcome = await deliverer.deliver({ url: address, body, timeoutMs: 10_000 });

  if (outcome.kind === "not-answered") return outcome.error;
  if (!isDelivered(outcome)) return `status ${outcome.statusCode}`;
  const check = checkResponse(invoicePaid, outcome);
  return check.matched ? "delivered" : `delivered, but ${check.reason}`;
}

/** The other side. */
export const receiver = createServer(async (request, response) => {
  try {
    const { payload } = await receiveCallback(invoicePaid, request);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: payload.paid }));
  } catch (error) {
    response.writeHead(error instanceof CallbackRejectedError ? error.status : 500).end();
  }
});
