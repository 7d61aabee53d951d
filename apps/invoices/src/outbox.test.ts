import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { openInvoiceBook } from "./invoice-book.ts";
import { type Invoices, startInvoices, startInvoicesProcess } from "./testing/invoices.ts";
import { answering, startReceiver } from "./testing/receiver.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

async function createAndPay(invoices: Invoices, id: string, callbackUrl: string): Promise<void> {
  const query = `callback_url=${encodeURIComponent(callbackUrl)}`;
  await invoices.post(`/invoices/?${query}`, { id, customer: "Mr. Richie Rich", total: 9999 });
  await invoices.post(`/invoices/${id}/payment/`);
}

async function callbackOf(invoices: Invoices, id: string) {
  await invoices.logged(`invoice ${id}: callback`);
  return (await invoices.get(`/invoices/${id}/`)).body.callback;
}

describe("the callback of a paid invoice", () => {
  it("is sent as documented, and the response is recorded", async () => {
    const received = Promise.withResolvers<unknown>();
    await using receiver = await startReceiver(async (request, response) => {
      received.resolve([request.method, request.url, request.headers["content-type"], await json(request)]);
      answering(200, { ok: true })(request, response);
    });
    await using invoices = await startInvoices();
    await createAndPay(invoices, "2expen51ve", `${receiver.url}/events?token=1`);
    const body = { description: "Payment celebration", paid: true };
    expect(await received.promise).toEqual(["POST", "/events/invoices/2expen51ve?token=1", "application/json", body]);
    expect(await callbackOf(invoices, "2expen51ve")).toEqual({
      url: `${receiver.url}/events/invoices/2expen51ve?token=1`,
      attempts: 1,
      sent: true,
      sent_at: expect.stringMatching(/Z$/),
      response: {
        status_code: 200,
        response_text: '{"ok":true}',
        headers: expect.objectContaining({ "Content-Type": "application/json" }),
      },
      mismatch: null,
    });
  });

  it.each([
    [200, { okay: true }, "ok: Invalid input: expected boolean, received undefined"],
    [200, "ok", "Invalid input: expected object, received string"],
    [204, undefined, "status 204, expected 200 or 422"],
  ])("counts as sent when the response is %i %j, with the mismatch recorded", async (status, body, mismatch) => {
    await using receiver = await startReceiver(answering(status, body));
    await using invoices = await startInvoices();
    await createAndPay(invoices, "a", receiver.url);
    expect(await callbackOf(invoices, "a")).toMatchObject({ sent: true, response: { status_code: status }, mismatch });
  });

  it("does not count as sent when the receiver refuses it", async () => {
    await using receiver = await startReceiver(answering(422, { detail: [] }));
    await using invoices = await startInvoices();
    await createAndPay(invoices, "a", receiver.url);
    expect(await callbackOf(invoices, "a")).toMatchObject({
      sent: false,
      sent_at: null,
      response: { status_code: 422 },
      mismatch: null,
    });
  });

  it("does not count as sent when nobody answers", async () => {
    const gone = await startReceiver(answering(200, {}));
    await gone[Symbol.asyncDispose]();
    await using invoices = await startInvoices();
    await createAndPay(invoices, "a", gone.url);
    expect(await callbackOf(invoices, "a")).toMatchObject({
      attempts: 1,
      sent: false,
      response: { error: "Connection refused" },
    });
  });

  it("does not wait for a hanging receiver", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    await using slow = await startReceiver((_request, response) => held.resolve(response));
    await using quick = await startReceiver(answering(200, { ok: true }));
    await using invoices = await startInvoices();
    await createAndPay(invoices, "slow", slow.url);
    const response = await held.promise;
    await createAndPay(invoices, "quick", quick.url);
    expect(await callbackOf(invoices, "quick")).toMatchObject({ sent: true });
    expect((await invoices.get("/invoices/slow/")).body.callback).toMatchObject({ attempts: 1, response: null });
    response.end('{"ok":true}');
    expect(await callbackOf(invoices, "slow")).toMatchObject({ sent: true, mismatch: null });
  });
});

describe("a process that died", () => {
  it("before the callback was sent: the next process sends it, whatever their number", async () => {
    await using folder = await temporaryFolder();
    const paths = new Set<string | undefined>();
    await using receiver = await startReceiver((request, response) => {
      paths.add(request.url);
      answering(200, { ok: true })(request, response);
    });
    const ids = Array.from({ length: 50 }, (_, index) => `invoice-${index}`);
    {
      using book = openInvoiceBook(folder.path);
      for (const id of ids) {
        book.add({ id, customer: "x", total: 1 }, `${receiver.url}/invoices/${id}`);
        book.recordPayment(id);
      }
    }
    await using invoices = await startInvoices(folder.path);
    for (const id of ids) expect(await callbackOf(invoices, id)).toMatchObject({ attempts: 1, sent: true });
    expect(paths.size).toBe(50);
  });

  it("before the response was recorded: it is sent again", async () => {
    await using folder = await temporaryFolder();
    let answer = false;
    const arrived = Promise.withResolvers<void>();
    await using receiver = await startReceiver((request, response) => {
      if (answer) answering(200, { ok: true })(request, response);
      else arrived.resolve();
    });
    {
      await using killed = await startInvoicesProcess(folder.path);
      await createAndPay(killed, "a", receiver.url);
      await arrived.promise;
      await killed.end("SIGKILL");
    }
    answer = true;
    await using invoices = await startInvoicesProcess(folder.path);
    expect(await callbackOf(invoices, "a")).toMatchObject({ attempts: 2, sent: true });
  });

  it("on SIGTERM finishes open deliveries", async () => {
    await using folder = await temporaryFolder();
    const held = Promise.withResolvers<ServerResponse>();
    await using receiver = await startReceiver((_request, response) => held.resolve(response));
    {
      await using invoices = await startInvoicesProcess(folder.path);
      await createAndPay(invoices, "a", receiver.url);
      const response = await held.promise;
      const ended = invoices.end("SIGTERM");
      await invoices.logged("stopping");
      response.end('{"ok":true}');
      await once(response, "close");
      expect(await ended).toBe(0);
    }
    using book = openInvoiceBook(folder.path);
    expect(book.get("a")?.callback).toMatchObject({ attempts: 1, sent: true });
  });
});
