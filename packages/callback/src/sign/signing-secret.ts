import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** A key for one version of signature: a shared secret signs and verifies, a key of a pair does one of the two. */
export type SigningKey =
  | { readonly kind: "shared"; readonly secret: Buffer }
  | { readonly kind: "private"; readonly key: KeyObject }
  | { readonly kind: "public"; readonly key: KeyObject };

/** A pair of ed25519 keys. The sender keeps `secretKey`; receivers get `publicKey`, which cannot sign. */
export interface SigningKeyPair {
  /** `whsk_` and the base64 of the 64 bytes of seed and public key. */
  readonly secretKey: string;
  /** `whpk_` and the base64 of 32 bytes. */
  readonly publicKey: string;
}

/**
 * Creates a secret that sender and receiver share: `whsec_` and the base64 of 24 to 64 random bytes, as Standard
 * Webhooks 1.0 requires.
 *
 * @throws RangeError for another number of bytes
 */
export function createSigningSecret(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < shortestSecret || bytes > longestSecret)
    throw new RangeError(`A signing secret has ${shortestSecret} to ${longestSecret} bytes`);
  return `whsec_${randomBytes(bytes).toString("base64")}`;
}

/** Creates a pair of ed25519 keys. */
export function createSigningKeyPair(): SigningKeyPair {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicBytes = Buffer.from(x, "base64url");
  const secretBytes = Buffer.concat([Buffer.from(d, "base64url"), publicBytes]);
  return {
    secretKey: `whsk_${secretBytes.toString("base64")}`,
    publicKey: `whpk_${publicBytes.toString("base64")}`,
  };
}

/**
 * Parses `whsec_`, `whsk_` and `whpk_`.
 *
 * @throws TypeError for anything else; the message does not repeat it
 */
export function parseSigningKey(text: string): SigningKey {
  const [, prefix = "", encoded = ""] = /^(whsec|whsk|whpk)_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  if (prefix === "whsec" && bytes.length >= shortestSecret && bytes.length <= longestSecret)
    return { kind: "shared", secret: bytes };
  if (prefix === "whsk" && bytes.length === 64) return { kind: "private", key: toPrivateKey(bytes) };
  if (prefix === "whpk" && bytes.length === 32) return { kind: "public", key: toPublicKey(bytes) };
  throw new TypeError(
    `Not a signing secret: expected whsec_ with ${shortestSecret} to ${longestSecret} bytes in base64, whsk_ with 64 or whpk_ with 32`,
  );
}

const shortestSecret = 24;
const longestSecret = 64;

function toPrivateKey(bytes: Buffer): KeyObject {
  const d = bytes.toString("base64url", 0, 32);
  const x = bytes.toString("base64url", 32);
  const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
  // Node does not check the public half of the key. With a wrong one, receivers could verify nothing.
  if (createPublicKey(key).export({ format: "jwk" }).x !== x)
    throw new TypeError("Not a signing secret: the two halves of the whsk_ key do not belong together");
  return key;
}

function toPublicKey(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") }, format: "jwk" });
}
