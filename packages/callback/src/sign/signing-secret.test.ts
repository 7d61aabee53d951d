import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";

import { signCallback } from "./signature.ts";
import { createSigningKeyPair, createSigningSecret, parseSigningKey } from "./signing-secret.ts";
import { attempt } from "../testing/attempt.ts";

describe("createSigningSecret", () => {
  it.each([24, 32, 64])("creates one of %i random bytes", (bytes) => {
    const [first, second] = [createSigningSecret(bytes), createSigningSecret(bytes)];
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]+={0,2}$/);
    expect(Buffer.from(first.slice("whsec_".length), "base64")).toHaveLength(bytes);
    expect(first).not.toBe(second);
  });

  it.each([0, 23, 65, 32.5, Number.NaN])("refuses %d bytes", (bytes) => {
    expect(() => createSigningSecret(bytes)).toThrow(RangeError);
  });
});

describe("createSigningKeyPair", () => {
  it("creates a secret key that contains the public key", () => {
    const { secretKey, publicKey } = createSigningKeyPair();
    const secret = Buffer.from(secretKey.replace(/^whsk_/, ""), "base64");
    expect(secret).toHaveLength(64);
    expect(publicKey).toBe(`whpk_${secret.subarray(32).toString("base64")}`);
    expect(createSigningKeyPair().secretKey).not.toBe(secretKey);
  });
});

describe("parseSigningKey", () => {
  const { secretKey, publicKey } = createSigningKeyPair();
  const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");

  it("parses created secrets", () => {
    const kinds = [createSigningSecret(), secretKey, publicKey].map((text) => parseSigningKey(text).kind);
    expect(kinds).toEqual(["shared", "private", "public"]);
  });

  it.each([
    "",
    "whsec_",
    base64(32),
    `whsec_${base64(4)}`,
    `whsec_${base64(23)}`,
    `whsec_${base64(65)}`,
    `WHSEC_${base64(32)}`,
    `whsec_${base64(32)}\n`,
    `whsec_${"-_".repeat(20)}`,
    `whsk_${base64(32)}`,
    `whpk_${base64(64)}`,
    ` ${publicKey}`,
  ])("refuses %j and does not repeat it", (text) => {
    const error = attempt(() => parseSigningKey(text));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain(text.slice(6) || "none");
  });

  it("refuses a secret key with the public half of another", () => {
    const other = createSigningKeyPair().secretKey;
    const [mine, theirs] = [secretKey, other].map((key) => Buffer.from(key.slice("whsk_".length), "base64"));
    const mixed = Buffer.concat([mine!.subarray(0, 32), theirs!.subarray(32)]);
    expect(() => parseSigningKey(`whsk_${mixed.toString("base64")}`)).toThrow("do not belong together");
  });

  it("parses ed25519 keys of other implementations", () => {
    const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    const both = Buffer.concat([Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]);
    const headers = signCallback([`whsk_${both.toString("base64")}`], { webhookId: "1", timestamp: 1, body: "" });
    expect(headers["webhook-signature"]).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
  });
});
