import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Encrypts texts that must not be readable in the database. */
export interface SecretBox {
  /** Encrypts a text. It opens only with the same context, so that rows cannot be exchanged. */
  seal(text: string, context: string): Promise<Uint8Array>;
  /** @throws UnreadableSecretsError when the key or the context differs, or there is no key */
  open(sealed: Uint8Array, context: string): Promise<string>;
}

/** Secrets cannot be read or stored. The message tells the operator what is missing. */
export class UnreadableSecretsError extends Error {
  override readonly name = "UnreadableSecretsError";
}

/**
 * Creates a box that uses AES-256-GCM (NIST SP 800-38D): 12 random bytes, 16 of the tag, the ciphertext.
 *
 * @param key returns the 32 bytes; called when they are first needed
 */
export function createSecretBox(key: () => Promise<Buffer>): SecretBox {
  return {
    async seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, await key(), nonce).setAAD(Buffer.from(context));
      const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    },
    async open(sealed, context) {
      const bytes = Buffer.from(sealed);
      const secretKey = await key();
      try {
        const decipher = createDecipheriv(algorithm, secretKey, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw new UnreadableSecretsError("Stored signing secrets were encrypted with another key than SECRETS_KEY");
      }
    },
  };
}

/** Reads a key of 32 bytes from base64 or hexadecimal digits; undefined when it is neither. */
export function parseSecretsKey(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  const isWhole = /^[0-9a-f]{64}$/i.test(text) || /^[A-Za-z0-9+/]{43}=?$/.test(text);
  return isWhole && bytes.length === keyBytes ? bytes : undefined;
}

export const keyBytes = 32;
const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
