import { timingSafeEqual, verify } from "node:crypto";

import { CallbackRejectedError } from "../receive/callback-rejected-error.ts";
import { sharedSignature, type SignedMessage, signedBytes } from "./signature.ts";
import { parseSigningKey, type SigningKey } from "./signing-secret.ts";

export interface VerifyOptions {
  /** Allowed difference between the timestamp and now, in seconds, in both directions; 300 when absent. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; the current time when absent. */
  readonly now?: number;
  /**
   * Whether this message, named `ID.TIMESTAMP`, was accepted before; if so it is refused as a replay. Called last, so
   * that only genuine messages are remembered. A new attempt has a new timestamp, so it is not a replay.
   */
  readonly seen?: (message: string) => boolean;
}

/** A callback with a valid signature. */
export interface VerifiedCallback {
  /** The same for every attempt of one callback. A receiver that has handled it should answer 2xx and do nothing. */
  readonly webhookId: string;
  /** The time of this attempt, in seconds since 1970. */
  readonly timestamp: number;
}

/**
 * Verifies the signature of a callback by the headers of Standard Webhooks 1.0. One of the secrets (`whsec_` or the
 * public key `whpk_`) must match one of the signatures. It is synchronous, and what it returns is truthy:
 *
 *     await receiveCallback(invoicePaid, request, { verify: (received) => verifyCallback([secret], received) });
 *
 * @param received headers by lower-case name, and the bytes of the body exactly as received
 * @throws CallbackRejectedError with status 401; TypeError for a malformed secret of the receiver's own
 */
export function verifyCallback(
  secrets: readonly string[],
  received: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string | Uint8Array },
  { toleranceSeconds = 300, now = Date.now(), seen }: VerifyOptions = {},
): VerifiedCallback {
  const keys = secrets.map(parseVerifyingKey);
  const webhookId = readHeader(received.headers, "webhook-id");
  const offered = readHeader(received.headers, "webhook-signature").split(" ");
  const timestamp = readTimestamp(received.headers);

  const ageSeconds = Math.floor(now / 1000) - timestamp;
  if (ageSeconds > toleranceSeconds) throw refused("the timestamp is too old");
  if (ageSeconds < -toleranceSeconds) throw refused("the timestamp is in the future");

  const message = { webhookId, timestamp, body: received.body };
  const fits = keys.some((key) => offered.some((signature) => isSignedBy(key, message, signature)));
  if (!fits) throw refused("no signature fits");
  if (seen?.(`${webhookId}.${timestamp}`)) throw refused("received before");
  return { webhookId, timestamp };
}

/**
 * Creates a `seen` in the memory of one process. It remembers each message as long as its timestamp can be within the
 * tolerance. Several processes need a shared table with the same key.
 */
export function rememberSeen({
  toleranceSeconds = 300,
  now = Date.now,
}: { readonly toleranceSeconds?: number; readonly now?: () => number } = {}): (message: string) => boolean {
  const until = new Map<string, number>();
  return (message) => {
    const time = now();
    // A Map iterates in insertion order, so expired entries come first.
    for (const [old, end] of until) {
      if (end >= time) break;
      until.delete(old);
    }
    if (until.has(message)) return true;
    // A message may arrive as early as the tolerance allows and be replayed as late as it allows; one second covers
    // rounding.
    until.set(message, time + (2 * toleranceSeconds + 1) * 1000);
    return false;
  };
}

function parseVerifyingKey(secret: string): SigningKey {
  const key = parseSigningKey(secret);
  if (key.kind === "private") throw new TypeError("Verify with the public key of the pair, whpk_");
  return key;
}

function readHeader(headers: Readonly<Record<string, unknown>>, name: string): string {
  const value = headers[name];
  if (typeof value !== "string" || value === "") throw refused(`no ${name} header`);
  return value;
}

function readTimestamp(headers: Readonly<Record<string, unknown>>): number {
  const text = readHeader(headers, "webhook-timestamp");
  if (!/^\d{1,12}$/.test(text)) throw refused("the timestamp is not a number of seconds");
  return Number(text);
}

function isSignedBy(key: SigningKey, message: SignedMessage, signature: string): boolean {
  if (key.kind === "shared") {
    const expected = Buffer.from(sharedSignature(key.secret, message));
    const actual = Buffer.from(signature);
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }
  const [version, encoded = ""] = signature.split(",");
  return version === "v1a" && verify(null, signedBytes(message), key.key, Buffer.from(encoded, "base64"));
}

function refused(reason: string): CallbackRejectedError {
  return new CallbackRejectedError(401, reason);
}
