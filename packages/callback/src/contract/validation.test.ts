import { describe, expect, it } from "vitest";
import { z } from "zod";

import { checkResponse, ensureHeaders, preparePayload } from "./validation.ts";
import { defineCallback } from "./contract.ts";
import { invoiceNotification } from "../testing/invoice-notification.ts";

describe("preparePayload", () => {
  it("returns the text to send", () => {
    const text = preparePayload(invoiceNotification, { description: "Payment celebration", paid: true });
    expect(text).toBe('{"description":"Payment celebration","paid":true}');
  });

  it("refuses a payload that does not match its definition, naming the fields", () => {
    const wrong = { description: "Payment celebration", paid: "yes" } as never;
    expect(() => preparePayload(invoiceNotification, wrong)).toThrow(
      expect.objectContaining({
        name: "CallbackMismatchError",
        message: expect.stringMatching(/^Payload of invoice_notification does not match its definition: paid: /),
        issues: [{ path: "paid", message: expect.any(String) }],
      }),
    );
    expect(() => preparePayload(invoiceNotification, undefined as never)).toThrow("invoice_notification");
  });

  it("checks the serialized payload, not the given value", () => {
    const report = defineCallback({
      ...invoiceNotification,
      address: "{$url}",
      examples: {},
      requestBody: z.strictObject({ at: z.iso.datetime(), returns: z.array(z.number()), note: z.string().optional() }),
    });
    const at = new Date("2026-07-31T00:00:00.000Z");
    expect(preparePayload(report, { at: at as never, returns: [0.1], note: undefined })).toBe(
      '{"at":"2026-07-31T00:00:00.000Z","returns":[0.1]}',
    );
    expect(() => preparePayload(report, { at: at.toISOString(), returns: [1, Number.NaN] })).toThrow("returns[1]");
  });
});

describe("ensureHeaders", () => {
  const signed = {
    ...invoiceNotification,
    headers: z.object({ "Webhook-ID": z.string().min(1), "x-trace": z.string().optional() }),
  };

  it("matches names case-insensitively", () => {
    expect(() => ensureHeaders(signed, { "Webhook-Id": "1", "user-agent": "x" })).not.toThrow();
    expect(() => ensureHeaders(invoiceNotification, {})).not.toThrow();
  });

  it("names the invalid header", () => {
    expect(() => ensureHeaders(signed, {})).toThrow(/^Headers of invoice_notification .*Webhook-ID/);
  });
});

describe("checkResponse", () => {
  it.each([
    ['{"ok": true}', { matched: true, body: { ok: true } }],
    ['{"ok": "yes"}', { matched: false, reason: expect.stringMatching(/^ok: /) }],
    ["", { matched: false, reason: "the body is not JSON" }],
    ["OK", { matched: false, reason: "the body is not JSON" }],
    ["null", { matched: false, reason: expect.any(String) }],
  ])("compares a 200 of %j with the declared body", (text, expected) => {
    expect(checkResponse(invoiceNotification, answer(200, text))).toEqual(expected);
  });

  it("does not validate a truncated body", () => {
    expect(checkResponse(invoiceNotification, answer(200, '{"ok": true}', true))).toEqual({
      matched: false,
      reason: "the body is longer than what was read of it",
    });
  });

  it("reports an undeclared status", () => {
    expect(checkResponse(invoiceNotification, answer(204))).toEqual({
      matched: false,
      reason: "status 204, expected 200",
    });
  });

  it("prefers the exact status to its class, and its class to the default", () => {
    const ok = { description: "", body: z.literal("exact") };
    const responses = { 200: ok, "2XX": { description: "" }, default: { description: "", body: z.literal("other") } };
    const callback = { ...invoiceNotification, responses };
    expect(checkResponse(callback, answer(200, '"exact"'))).toMatchObject({ matched: true });
    expect(checkResponse(callback, answer(200, ""))).toMatchObject({ matched: false });
    expect(checkResponse(callback, answer(202, "anything"))).toEqual({ matched: true });
    expect(checkResponse(callback, answer(500, '"other"'))).toMatchObject({ matched: true });
  });
});

function answer(statusCode: number, responseText = "", truncated = false) {
  return { statusCode, responseText, truncated };
}
