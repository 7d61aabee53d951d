import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

import { createDeliverer } from "../deliver/deliver.ts";
import {
  acceptInvoice,
  afterAttempt,
  createGuardedDeliverer,
  createInvoice,
  forFetch,
  forNode,
  receiveInvoices,
  receiver,
  receiveSigned,
  checkEarly,
  sendPaid,
  sendSigned,
} from "./readme-example.ts";
import { createSigningSecret } from "../sign/signing-secret.ts";
import { receiver as startReceiver } from "../testing/receiver.ts";

it("contains the example code verbatim", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const example = readFileSync(new URL("./readme-example.ts", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  expect(blocks).toHaveLength(8);
  for (const code of blocks) expect(example).toContain(code);
});

it("shows code that works", async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const base = `http://localhost:${(receiver.address() as AddressInfo).port}/events?token=1`;

  const accepted = new URL(`https://yourapi.com/invoices/?callback_url=${encodeURIComponent(base)}`);
  const address = acceptInvoice(accepted, { id: "2expen51ve", customer: "Mr. Richie Rich", total: "9999" });
  expect(address).toBe(base.replace("?", "/invoices/2expen51ve?"));
  expect(await sendPaid(address)).toBe("delivered");

  receiver.close();
  receiver.closeAllConnections();
  await once(receiver, "close");
  expect(await sendPaid(address)).toBe("Connection refused");
  expect(Object.keys(createInvoice.callbacks)).toEqual(["invoice_paid"]);
});

it("shows a whole receiver that works", async () => {
  const secret = createSigningSecret();
  const notes: string[] = [];
  const receive = receiveInvoices(secret, async (description) => void notes.push(description));
  const server = forNode(receive).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await using deliverer = createDeliverer();
  for (const expected of [200, 200]) {
    expect(await sendSigned(deliverer, url, "42", [secret])).toMatchObject({ statusCode: expected });
  }
  const unsigned = new Request(url, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  expect((await forFetch(receive).fetch(unsigned)).status).toBe(401);
  expect(notes).toEqual(["Payment celebration"]);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
});

it("shows signing that works", async () => {
  const secret = createSigningSecret();
  const sent = Promise.withResolvers<Request>();
  await using listening = await startReceiver(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    sent.resolve(new Request("http://localhost/", { method: "POST", headers, body: await text(request) }));
    response.end();
  });
  await using deliverer = createDeliverer();
  await sendSigned(deliverer, `http://127.0.0.1:${listening.port}/`, "42", [createSigningSecret(), secret]);

  const request = await sent.promise;
  const replayed = request.clone();
  await expect(receiveSigned(request.clone(), createSigningSecret())).rejects.toMatchObject({ status: 401 });
  expect(await receiveSigned(request, secret)).toEqual({ webhookId: "42", paid: true });
  await expect(receiveSigned(replayed, secret)).rejects.toMatchObject({ status: 401 });
});

it("shows a guard and a schedule that work", async () => {
  expect(["https://10.1.0.1/", "https://10.2.0.1/", "http://example.org/"].map(checkEarly)).toEqual([
    undefined,
    "not a public address",
    "https is required",
  ]);
  await using deliverer = createGuardedDeliverer();
  const outcome = await deliverer.deliver({ url: "https://10.2.0.1/", body: "{}", timeoutMs: 10_000 });
  expect(outcome).toMatchObject({ error: "Address not allowed: not a public address" });
  expect(afterAttempt(1, outcome)).toMatch(/^again in [4-6]\d{3} ms$/);
  expect(afterAttempt(10, outcome)).toBe("attempts used up");
});
