import { createServer } from "node:http";
import {
  CallbackRejectedError,
  checkResponse,
  createDeliverer,
  createGuard,
  createReceiver,
  decideRetry,
  defineCallback,
  type Deliverer,
  type DeliveryOutcome,
  isDelivered,
  preparePayload,
  type Receiver,
  receiveCallback,
  rememberSeen,
  resolveAddress,
  suggestedRetries,
  toCallbacksObject,
  toFetchHandler,
  toNodeHandler,
  verifyCallback,
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

/** When the request is accepted: resolve the address once, and store only the address. */
export function acceptInvoice(url: URL, body: unknown): string {
  const query = Object.fromEntries(url.searchParams);
  return resolveAddress(invoicePaid.address, { url: url.href, method: "POST", query, body });
}

/** Later: check the payload, send it, and compare the response with the definition. */
export async function sendPaid(address: string): Promise<string> {
  await using deliverer = createDeliverer();
  const body = preparePayload(invoicePaid, { description: "Payment celebration", paid: true });
  const outcome = await deliverer.deliver({ url: address, body, timeoutMs: 10_000 });

  if (outcome.kind === "not-answered") return outcome.error;
  if (!isDelivered(outcome)) return `status ${outcome.statusCode}`;
  const check = checkResponse(invoicePaid, outcome);
  return check.matched ? "delivered" : `delivered, but ${check.reason}`;
}

/** The receiver. */
export const receiver = createServer(async (request, response) => {
  try {
    const { payload } = await receiveCallback(invoicePaid, request);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: payload.paid }));
  } catch (error) {
    response.writeHead(error instanceof CallbackRejectedError ? error.status : 500).end();
  }
});

/** A whole receiver: signature, replay, payload, callbacks that come twice, and the answer. */
export function receiveInvoices(secret: string, note: (description: string) => Promise<void>) {
  return createReceiver(invoicePaid, {
    secrets: [secret],
    handled: new Set<string>(),
    handle: ({ payload }) => note(payload.description),
  });
}

export const forFetch = (receive: Receiver) => ({ fetch: toFetchHandler(receive) });
export const forNode = (receive: Receiver) => createServer(toNodeHandler(receive));

/** The sender signs with every secret the receiver may know, two during a rotation. Retries keep the id. */
export function sendSigned(deliverer: Deliverer, url: string, webhookId: string, secrets: readonly string[]) {
  const body = preparePayload(invoicePaid, { description: "Payment celebration", paid: true });
  return deliverer.deliver({ url, body, webhook: { id: webhookId, secrets }, timeoutMs: 10_000 });
}

const seen = rememberSeen();

/** The receiver refuses unsigned, outdated and replayed callbacks with 401. */
export async function receiveSigned(request: Request, secret: string) {
  const { payload, headers } = await receiveCallback(invoicePaid, request, {
    verify: (received) => verifyCallback([secret], received, { seen }),
  });
  return { webhookId: headers["webhook-id"], paid: payload.paid };
}

/** Public addresses over https, and one network of our own. */
export const guard = createGuard({ allowCidrs: ["10.1.0.0/16"] });

/** When an address is given: the reason for refusing it, or undefined. */
export const checkEarly = (url: string) => guard.checkUrl(url);

/** When it is called: the same check again, for every address that the name resolves to. */
export const createGuardedDeliverer = () => createDeliverer({ ...guard, userAgent: "invoices/1.0" });

/** After an attempt: whether and when to make the next. */
export function afterAttempt(attempt: number, outcome: DeliveryOutcome): string {
  const decision = decideRetry(suggestedRetries, { attempt, outcome, random: Math.random(), now: Date.now() });
  return decision.kind === "again" ? `again in ${decision.afterMs} ms` : decision.because;
}
