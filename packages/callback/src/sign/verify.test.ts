import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CallbackRejectedError } from "../receive/callback-rejected-error.ts";
import { receiveCallback } from "../receive/receive.ts";
import { signCallback } from "./signature.ts";
import { createSigningKeyPair, createSigningSecret } from "./signing-secret.ts";
import { attempt } from "../testing/attempt.ts";
import { invoiceNotification } from "../testing/invoice-notification.ts";
import { rememberSeen, verifyCallback, type VerifyOptions } from "./verify.ts";

const secret = createSigningSecret();
const pair = createSigningKeyPair();
const timestamp = 1_700_000_000;
const now = timestamp * 1000;
const message = { webhookId: "msg_1", timestamp, body: '{"description":"Payment celebration","paid":true}' };
const headers = signCallback([secret, pair.secretKey], message);

function verifyWith(more: object, options: VerifyOptions = {}, secrets = [secret]) {
  return attempt(() =>
    verifyCallback(secrets, { headers: { ...headers, ...more }, body: message.body }, { now, ...options }),
  );
}

function refusal(reason: string) {
  return expect.objectContaining({
    name: "CallbackRejectedError",
    status: 401,
    message: `Callback rejected: ${reason}`,
  });
}

const accepted = { webhookId: "msg_1", timestamp };

describe("verifyCallback", () => {
  it.each([
    [[secret]],
    [[pair.publicKey]],
    [[createSigningSecret(), secret]],
    [[createSigningSecret(), pair.publicKey]],
  ])("accepts a signature of one of its secrets", (secrets) => {
    expect(verifyWith({}, {}, secrets)).toEqual(accepted);
  });

  it("accepts either secret during a rotation, and no other", () => {
    const next = createSigningSecret();
    const rotating = signCallback([next, secret], message);
    expect(verifyWith(rotating, {}, [secret])).toEqual(accepted);
    expect(verifyWith(rotating, {}, [next])).toEqual(accepted);
    expect(verifyWith(rotating, {}, [createSigningSecret()])).toEqual(refusal("no signature fits"));
    expect(verifyWith(rotating, {}, [])).toEqual(refusal("no signature fits"));
  });

  it("ignores signatures of unknown versions", () => {
    const signature = `v2,xyz v1 ,, ${headers["webhook-signature"]}`;
    expect(verifyWith({ "webhook-signature": signature })).toEqual(accepted);
    expect(verifyWith({ "webhook-signature": "v2,xyz v1 ,," })).toEqual(refusal("no signature fits"));
  });

  it.each([
    ["webhook-id", "msg_2"],
    ["webhook-timestamp", String(timestamp + 1)],
    ["webhook-signature", "v1,AAAA"],
    ["webhook-signature", headers["webhook-signature"].replace("v1,", "v1a,").replace(/ .*/, "")],
    ["webhook-signature", headers["webhook-signature"].replace(/^\S+ v1a,/, "v1,")],
  ])("refuses another %s: %s", (name, value) => {
    for (const key of [secret, pair.publicKey])
      expect(verifyWith({ [name]: value }, {}, [key])).toEqual(refusal("no signature fits"));
  });

  it("refuses a body with any byte changed, added or removed", () => {
    const bytes = Buffer.from(message.body);
    const at = fc.nat(bytes.length - 1);
    const tampered = fc.oneof(
      fc
        .tuple(at, fc.integer({ min: 1, max: 255 }))
        .map(([i, mask]) => bytes.map((byte, k) => (k === i ? byte ^ mask : byte))),
      at.map((i) => Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + 1)])),
      fc
        .tuple(at, fc.nat(255))
        .map(([i, byte]) => Buffer.concat([bytes.subarray(0, i), Buffer.of(byte), bytes.subarray(i)])),
    );
    fc.assert(
      fc.property(tampered, fc.constantFrom(secret, pair.publicKey), (body, key) => {
        expect(() => verifyCallback([key], { headers, body }, { now })).toThrow("no signature fits");
      }),
    );
  });

  it.each([
    [300, undefined],
    [-300, undefined],
    [301, "the timestamp is too old"],
    [-301, "the timestamp is in the future"],
  ])("%i seconds after it was sent: %s", (seconds, reason) => {
    const found = verifyWith({}, { now: (timestamp + seconds) * 1000 });
    expect(found).toEqual(reason ? refusal(reason) : accepted);
  });

  it("honours another tolerance, and uses the clock", () => {
    expect(verifyWith({}, { toleranceSeconds: 10, now: now + 11_000 })).toEqual(refusal("the timestamp is too old"));
    expect(verifyWith({}, { toleranceSeconds: 1_000, now: now + 999_000 })).toEqual(accepted);
    const old = attempt(() => verifyCallback([secret], { headers, body: message.body }));
    expect(old).toEqual(refusal("the timestamp is too old"));
  });

  it.each([
    ["webhook-id", undefined, "no webhook-id header"],
    ["webhook-id", "", "no webhook-id header"],
    ["webhook-timestamp", undefined, "no webhook-timestamp header"],
    ["webhook-signature", undefined, "no webhook-signature header"],
    ["webhook-signature", ["v1,a", "v1,b"], "no webhook-signature header"],
    ["webhook-timestamp", "soon", "the timestamp is not a number of seconds"],
    ["webhook-timestamp", `${timestamp}.0`, "the timestamp is not a number of seconds"],
    ["webhook-timestamp", "-1", "the timestamp is not a number of seconds"],
    ["webhook-timestamp", "9".repeat(400), "the timestamp is not a number of seconds"],
  ])("refuses %s: %j", (name, value, reason) => {
    expect(verifyWith({ [name]: value })).toEqual(refusal(reason));
  });

  it("throws when the receiver's own secret is malformed or could sign", () => {
    expect(verifyWith({}, {}, ["whsec_c2hvcnQ="])).toBeInstanceOf(TypeError);
    expect(verifyWith({}, {}, [pair.secretKey])).toEqual(
      new TypeError("Verify with the public key of the pair, whpk_"),
    );
  });
});

describe("replays", () => {
  it("are refused, new attempts are not", () => {
    const seen = rememberSeen({ now: () => now });
    const retried = signCallback([secret], { ...message, timestamp: timestamp + 60 });
    expect(verifyWith({}, { seen })).toEqual(accepted);
    expect(verifyWith({}, { seen })).toEqual(refusal("received before"));
    expect(verifyWith(retried, { seen })).toEqual({ ...accepted, timestamp: timestamp + 60 });
    expect(verifyWith(retried, { seen })).toEqual(refusal("received before"));
  });

  it("cannot be triggered or hidden by forgeries", () => {
    const asked: string[] = [];
    const seen = (one: string) => (asked.push(one), false);
    verifyWith({ "webhook-signature": "v1,AAAA" }, { seen });
    verifyWith({}, { seen, now: now + 301_000 });
    expect(asked).toEqual([]);
    verifyWith({}, { seen });
    expect(asked).toEqual([`msg_1.${timestamp}`]);
  });

  it("are refused for as long as the timestamp is within the tolerance", () => {
    const messages = fc.array(
      fc.record({ id: fc.nat(1), sentAt: fc.constantFrom(300, 600), lag: fc.integer({ min: -300, max: 300 }) }),
    );
    fc.assert(
      fc.property(messages, (sent) => {
        let time = 0;
        const seen = rememberSeen({ now: () => time });
        const taken = new Set<string>();
        const arrivals = sent.map(({ id, sentAt, lag }) => ({ id, sentAt, at: sentAt + lag }));
        for (const { id, sentAt, at } of arrivals.toSorted((a, b) => a.at - b.at)) {
          time = at * 1000;
          const one = `${id}.${sentAt}`;
          expect(seen(one)).toBe(taken.has(one));
          taken.add(one);
        }
      }),
    );
  });
});

describe("with receiveCallback", () => {
  const receive = (signature: string) =>
    receiveCallback(
      invoiceNotification,
      new Request("http://localhost/", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers, "webhook-signature": signature },
        body: message.body,
      }),
      { verify: (received) => verifyCallback([secret], received, { now }) },
    );

  it("accepts genuine callbacks and answers 401 to others without a reason", async () => {
    expect(await receive(headers["webhook-signature"])).toMatchObject({ payload: { paid: true } });
    const refused = receive("v1,AAAA");
    await expect(refused).rejects.toThrow(CallbackRejectedError);
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ status: 401, message: "Callback rejected: not verified" }),
    );
  });
});
