import { createHmac, sign } from "node:crypto";

import { parseSigningKey, type SigningKey } from "./signing-secret.ts";

/** The signed content. */
export interface SignedMessage {
  /** The same for every attempt of one callback; receivers recognise repetitions by it. */
  readonly webhookId: string;
  /** The time of this attempt, in seconds since 1970. */
  readonly timestamp: number;
  /** The exact bytes that are sent; text stands for its UTF-8. */
  readonly body: string | Uint8Array;
}

/**
 * The three headers of Standard Webhooks 1.0. `webhook-signature` has one signature per secret, separated by spaces:
 * `v1,…` for a `whsec_`, `v1a,…` for a `whsk_`.
 */
export type SignatureHeaders = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

/**
 * Signs a callback with every given secret, so that a receiver can verify it with any of them: during a rotation the
 * old and the new one.
 *
 * @throws TypeError for a malformed secret, a public key, no secret at all, or an id that is empty or contains a dot
 */
export function signCallback(secrets: readonly string[], message: SignedMessage): SignatureHeaders {
  // The signed parts are joined by dots: an id with a dot would be ambiguous.
  if (!/^[!-~]+$/.test(message.webhookId) || message.webhookId.includes("."))
    throw new TypeError("A webhook id is visible ASCII without dots");
  if (secrets.length === 0) throw new TypeError("Nothing to sign with");
  return {
    "webhook-id": message.webhookId,
    "webhook-timestamp": String(message.timestamp),
    "webhook-signature": secrets.map((secret) => signatureOf(parseSigningKey(secret), message)).join(" "),
  };
}

/** `v1,` and the base64 of the HMAC-SHA256. */
export function sharedSignature(secret: Buffer, message: SignedMessage): string {
  return `v1,${createHmac("sha256", secret).update(signedBytes(message)).digest("base64")}`;
}

/** The bytes that are signed: `id.timestamp.body`. */
export function signedBytes({ webhookId, timestamp, body }: SignedMessage): Buffer {
  return Buffer.concat([Buffer.from(`${webhookId}.${timestamp}.`), Buffer.from(body)]);
}

function signatureOf(key: SigningKey, message: SignedMessage): string {
  if (key.kind === "public") throw new TypeError("A public key cannot sign: use the whsk_ key of the pair");
  if (key.kind === "shared") return sharedSignature(key.secret, message);
  return `v1a,${sign(null, signedBytes(message), key.key).toString("base64")}`;
}
