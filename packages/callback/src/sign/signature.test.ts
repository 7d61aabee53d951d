import { existsSync, readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { createDeliverer } from "../deliver/deliver.ts";
import { signCallback } from "./signature.ts";
import { createSigningKeyPair, createSigningSecret } from "./signing-secret.ts";
import { receiver } from "../testing/receiver.ts";
import { isAvailable, referenceFile } from "../testing/reference.ts";
import { verifyCallback } from "./verify.ts";
import { anyCharacter } from "../testing/any-character.ts";

const message = { webhookId: "msg_1", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };

interface Vector {
  readonly scheme: string;
  readonly secret?: string;
  readonly whsk?: string;
  readonly whpk?: string;
  readonly msgId: string;
  readonly timestamp: number;
  readonly body: string;
  readonly signature: string;
}

const vectorsFile = referenceFile("standard-webhooks-vectors.json");
const withVectors = isAvailable(vectorsFile);

// Computed once by OpenSSL 3.0 (`dgst -sha256 -mac HMAC`, `pkeyutl -sign -rawin` with ed25519) over `id.timestamp.body`.
const frozen: readonly Vector[] = [
  {
    scheme: "v1",
    secret: "whsec_ZnJvemVuIHZlY3RvciBrZXksIDMyIGJ5dGVzIGxvbmc=",
    signature: "v1,KDTWi8aKsLckw5tBhKP29eiQSxafatxWnsCfOh+C0cA=",
  },
  {
    scheme: "v1a",
    whpk: "whpk_bq/aKjIrLBXKkGJc8/RfBi78fKOWvWa0bpAR90LiViw=",
    whsk: "whsk_y4RYIaoHG1/bdDS5cx+0Ay7BSY2VtKPFMPFnXBRK7Ndur9oqMissFcqQYlzz9F8GLvx8o5a9ZrRukBH3QuJWLA==",
    signature: "v1a,TyGsALgL5Xrjm2bGemUscN7/IbOPtuUf1glcB1+Nd4QYLZ5LohR2yPODrDRxDsKoj6VEaBsbHGUw0yNoKRcjAA==",
  },
].map((vector) => ({
  ...vector,
  msgId: "msg_frozen_1",
  timestamp: 1_700_000_000,
  body: '{"execution_id":7,"status":"completed"}',
}));

it.each(frozen)("$scheme is signed and verified as OpenSSL does", signsAlike);

describe.runIf(withVectors)("the vectors of Standard Webhooks (needs ../shared/reference)", () => {
  // Vitest collects skipped suites as well.
  const { vectors } = existsSync(vectorsFile)
    ? (JSON.parse(readFileSync(vectorsFile, "utf8")) as { vectors: readonly Vector[] })
    : { vectors: [] };

  it("are both schemes", () => {
    expect(vectors.map(({ scheme }) => scheme)).toEqual(["v1", "v1a"]);
  });

  it.each(vectors)("$scheme is signed and verified alike", signsAlike);
});

describe("the reference library", () => {
  const body = fc.oneof(fc.json(), fc.json({ stringUnit: anyCharacter }));
  const webhookId = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);

  it("verifies whatever is signed, with either secret of a rotation", () => {
    fc.assert(
      fc.property(body, webhookId, fc.integer({ min: 24, max: 64 }), (text, id, size) => {
        const [old, current] = [createSigningSecret(size), createSigningSecret()];
        const signed = { webhookId: id, timestamp: Math.floor(Date.now() / 1000), body: text };
        const headers = signCallback([current, createSigningKeyPair().secretKey, old], signed);
        for (const secret of [old, current])
          expect(new Webhook(secret).verify(Buffer.from(text), headers)).toEqual(JSON.parse(text));
        expect(() => new Webhook(createSigningSecret()).verify(text, headers)).toThrow("No matching signature");
      }),
    );
  });

  it("makes signatures that are verified here", () => {
    fc.assert(
      fc.property(body, webhookId, (text, id) => {
        const secret = createSigningSecret();
        const timestamp = Math.floor(Date.now() / 1000);
        const headers = {
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": new Webhook(secret).sign(id, new Date(timestamp * 1000), text),
        };
        expect(verifyCallback([secret], { headers, body: Buffer.from(text) })).toEqual({ webhookId: id, timestamp });
      }),
    );
  });
});

describe("signCallback", () => {
  it("signs bytes that are no text", () => {
    const bytes = Buffer.from([0xff, 0, 0x80]);
    const secret = createSigningSecret();
    const headers = signCallback([secret], { ...message, body: bytes });
    const now = message.timestamp * 1000;
    expect(verifyCallback([secret], { headers, body: bytes }, { now })).toMatchObject({ webhookId: "msg_1" });
    expect(() => verifyCallback([secret], { headers, body: bytes.toString() }, { now })).toThrow("no signature fits");
  });

  it.each(["", "a.b", "a b", "a\nb", "가"])("refuses the id %j", (webhookId) => {
    expect(() => signCallback([createSigningSecret()], { ...message, webhookId })).toThrow(TypeError);
  });

  it("refuses to sign with nothing, a public key or a short secret", () => {
    expect(() => signCallback([], message)).toThrow("Nothing to sign with");
    expect(() => signCallback([createSigningKeyPair().publicKey], message)).toThrow("A public key cannot sign");
    expect(() => signCallback(["whsec_c2hvcnQ="], message)).toThrow("Not a signing secret");
  });
});

describe("a delivery", () => {
  it("is signed afresh at every attempt, under the same id, over the bytes that arrive", async () => {
    const { secretKey, publicKey } = createSigningKeyPair();
    const [old, current] = [createSigningSecret(), createSigningSecret()];
    const received: { headers: Record<string, string>; body: Buffer }[] = [];
    await using server = await receiver(async (request, response) => {
      received.push({ headers: request.headers as Record<string, string>, body: await buffer(request) });
      response.end();
    });
    await using deliverer = createDeliverer();
    const before = Math.floor(Date.now() / 1000);
    const deliver = () =>
      deliverer.deliver({
        url: `http://127.0.0.1:${server.port}/`,
        body: '{"text":"전략 ✅",  "n":1.0}',
        headers: { "Webhook-Id": "not mine", "webhook-signature": "v1,forged" },
        webhook: { id: "071a5945-528e-4377-96eb-dc77d41e05b0", secrets: [old, current, secretKey] },
        timeoutMs: 5_000,
      });
    await deliver();
    await deliver();
    expect(received).toHaveLength(2);
    for (const { headers, body } of received) {
      expect(headers["webhook-id"]).toBe("071a5945-528e-4377-96eb-dc77d41e05b0");
      expect(Number(headers["webhook-timestamp"])).toBeGreaterThanOrEqual(before);
      expect(headers["webhook-signature"]?.split(" ").map((signature) => signature.split(",")[0])).toEqual([
        "v1",
        "v1",
        "v1a",
      ]);
      for (const secret of [old, current]) expect(new Webhook(secret).verify(body, headers)).toMatchObject({ n: 1 });
      expect(verifyCallback([publicKey], { headers, body })).toBeTruthy();
    }
  });

  it("without secrets has its id only", async () => {
    const seen = Promise.withResolvers<object>();
    await using server = await receiver((request, response) => (seen.resolve(request.headers), response.end()));
    await using deliverer = createDeliverer();
    const webhook = { id: "42", secrets: [] };
    await deliverer.deliver({ url: `http://127.0.0.1:${server.port}/`, body: "{}", webhook, timeoutMs: 5_000 });
    const headers = await seen.promise;
    expect(headers).toMatchObject({ "webhook-id": "42" });
    expect(headers).not.toHaveProperty("webhook-signature");
    expect(headers).not.toHaveProperty("webhook-timestamp");
  });

  it("that cannot be signed is not sent", async () => {
    await using server = await receiver((_request, response) => response.end());
    await using deliverer = createDeliverer();
    const webhook = { id: "42", secrets: ["whsec_c2hvcnQ="] };
    const delivery = { url: `http://127.0.0.1:${server.port}/`, body: "{}", webhook, timeoutMs: 5_000 };
    await expect(deliverer.deliver(delivery)).rejects.toThrow(TypeError);
    expect(server.connections).toBe(0);
  });
});

function signsAlike({ msgId, timestamp, body, signature, ...keys }: Vector): void {
  const headers = signCallback([(keys.secret ?? keys.whsk)!], { webhookId: msgId, timestamp, body });
  expect(headers).toEqual({
    "webhook-id": msgId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signature,
  });
  const verified = verifyCallback([(keys.secret ?? keys.whpk)!], { headers, body }, { now: timestamp * 1000 });
  expect(verified).toEqual({ webhookId: msgId, timestamp });
}
