import { createPublicKey, randomBytes, verify } from "node:crypto";
import { verifyCallback } from "@strategy-executor/callback";
import { openSecretBox, UnreadableSecretsError } from "@strategy-executor/core";
import { type ReceivedCallback, startReceiver } from "@strategy-executor/core/testing";
import { activeSigningSecrets } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { restTransport } from "../parity/rest-transport.ts";
import { newClient } from "../testing/api-keys.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

interface Created {
  readonly secret_id: string;
  readonly secret: string | null;
  readonly public_key: string | null;
}

describeDatabases("callbacks", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { auth: "on" });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("are signed over the sent bytes, and the reference library verifies them", async () => {
    await using receiver = await startReceiver();
    const client = await clientOf(app);
    const { secret, secret_id } = await client.create();
    const id = await client.submit(receiver.url);
    await receiver.arrived(1);
    const callback = receiver.received[0]!;
    expect(verifiedBy(secret!, callback)).toEqual(callback.body);
    expect(callback.body.execution_id).toBe(id);
    expect(() => verifiedBy(secret!, { ...callback, text: callback.text.replace("Slow", "Fast") })).toThrow(
      /signature/,
    );
    expect(() => verifiedBy(`whsec_${randomBytes(32).toString("base64")}`, callback)).toThrow(/signature/);
    await expect.poll(() => client.attempts(id), { timeout: 10_000 }).toMatchObject([{ signed_with: [secret_id] }]);
  });

  it("carry a signature of both secrets during a rotation, and only of the new one afterwards", async () => {
    await using receiver = await startReceiver();
    const client = await clientOf(app);
    const old = await client.create();
    const pair = await client.create({ version: "v1a" });
    const young = await client.rotate({ overlap_hours: 1 });
    await client.submit(receiver.url);
    await receiver.arrived(1);
    const during = receiver.received[0]!;
    for (const { secret } of [old, young]) expect(verifiedBy(secret!, during)).toEqual(during.body);
    expect(isSignedByPair(pair.public_key!, during)).toBe(true);
    expect(verifyCallback([pair.public_key!], { headers: during.headers, body: during.text }).webhookId).toBe(
      during.headers["webhook-id"],
    );

    const youngest = await client.rotate({ overlap_hours: 0 });
    await client.end(pair.secret_id);
    const id = await client.submit(receiver.url);
    await receiver.arrived(2);
    const afterwards = receiver.received[1]!;
    expect(verifiedBy(youngest.secret!, afterwards)).toEqual(afterwards.body);
    for (const { secret } of [old, young]) expect(() => verifiedBy(secret!, afterwards)).toThrow(/signature/);
    expect(afterwards.headers["webhook-signature"]).not.toMatch(/v1a| /);
    await expect
      .poll(() => client.attempts(id), { timeout: 10_000 })
      .toMatchObject([{ signed_with: [youngest.secret_id] }]);
  });

  it("of other clients are not signed with it, and a client without secrets gets no signature", async () => {
    await using receiver = await startReceiver();
    const [signing, plain] = [await clientOf(app), await clientOf(app)];
    await signing.create();
    const id = await plain.submit(receiver.url);
    await receiver.arrived(1);
    const { headers } = receiver.received[0]!;
    expect(headers["webhook-id"]).toEqual(expect.any(String));
    expect(headers).not.toHaveProperty("webhook-signature");
    await expect.poll(() => plain.attempts(id), { timeout: 10_000 }).toMatchObject([{ signed_with: [] }]);
  });

  it("are signed by at most 8 secrets", async () => {
    const client = await clientOf(app);
    for (let count = 0; count < 8; count += 1) await client.create();
    await expect(client.create()).rejects.toMatchObject({
      code: "conflict",
      message: "No more than 8 secrets sign at once: end one first",
    });
  });

  it("have their secrets encrypted in the database, and a server with another key does not start", async () => {
    const client = await clientOf(app);
    const { secret, secret_id } = await client.create();
    const stored = (await activeSigningSecrets(app.ctx.database.db)).find(({ id }) => id === secret_id)!;
    const random = secret!.slice("whsec_".length);
    for (const text of [JSON.stringify(stored), Buffer.from(stored.sealed).toString("latin1")])
      for (const part of [random, Buffer.from(random, "base64").toString("latin1")]) expect(text).not.toContain(part);
    if (database.kind === "pglite") return;
    for (const secretsKey of [randomBytes(32).toString("base64"), undefined]) {
      const secretBox = openSecretBox({ secretsKey, ...database.options });
      await expect(startTestApp(database.options, { engine: { secretBox } })).rejects.toThrow(UnreadableSecretsError);
    }
  });
});

describe("several processes", () => {
  it("use a new secret immediately, and stop using an ended one", async () => {
    await using database = await createTestDatabase("postgres");
    await using api = await startTestApp(database.options, { engine: { works: false } });
    await using _worker = await startTestApp(database.options);
    await using receiver = await startReceiver();
    const submit = () => restTransport.call(api.address, "executeStrategy", submission(receiver.url));
    await submit();
    await receiver.arrived(1);
    const { secret_id, secret } = (await restTransport.call(api.address, "createSigningSecret", {})) as Created;
    await submit();
    await receiver.arrived(2);
    expect(verifiedBy(secret!, receiver.received[1]!)).toEqual(receiver.received[1]!.body);
    await restTransport.call(api.address, "endSigningSecret", { secret_id });
    await submit();
    await receiver.arrived(3);
    expect(receiver.received[2]!.headers).not.toHaveProperty("webhook-signature");
  });

  it("on PostgreSQL store no secret without SECRETS_KEY", async () => {
    await using database = await createTestDatabase("postgres");
    await using app = await startTestApp(database.options, { engine: { secretBox: openSecretBox(database.options) } });
    await expect(restTransport.call(app.address, "createSigningSecret", {})).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("set SECRETS_KEY"),
    });
  });
});

describe("SECRETS_KEY", () => {
  it.each(["short", Buffer.alloc(31).toString("base64"), "g".repeat(64)])(
    "is refused as %s, without repeating it",
    (key) => {
      expect(() => readConfig({ SECRETS_KEY: key })).toThrow(
        /^Bad setting: SECRETS_KEY: is not a key of 32 bytes in base64 or hexadecimal digits$/,
      );
    },
  );

  it.each(["base64", "hex"] as const)("is accepted in %s", async (encoding) => {
    const secretsKey = randomBytes(32).toString(encoding);
    const box = openSecretBox(readConfig({ SECRETS_KEY: secretsKey }));
    const sealed = await box.seal("whsec_x", "sign_1 local");
    expect(await openSecretBox({ secretsKey }).open(sealed, "sign_1 local")).toBe("whsec_x");
    await expect(box.open(sealed, "sign_2 local")).rejects.toThrow(UnreadableSecretsError);
    await expect(box.open(sealed.subarray(0, 20), "sign_1 local")).rejects.toThrow(UnreadableSecretsError);
  });
});

function submission(callback_url: string) {
  return { strategy_name: "Slow", parameters: { milliseconds: 1 }, callback_url };
}

/** A new client, over REST. */
async function clientOf(app: TestApp) {
  const { key } = await newClient(app.ctx.database.db).key(["read", "execute"]);
  const call = (operation: string, input: object) => restTransport.call(app.address, operation, { ...input }, key);
  return {
    create: (input = {}) => call("createSigningSecret", input) as Promise<Created>,
    rotate: (input = {}) => call("rotateSigningSecret", input) as Promise<Created>,
    end: (secret_id: string) => call("endSigningSecret", { secret_id }),
    submit: async (url: string) =>
      ((await call("executeStrategy", submission(url))) as { execution_id: number }).execution_id,
    attempts: async (execution_id: number) =>
      ((await call("listDeliveryAttempts", { execution_id })) as { attempts: unknown[] }).attempts,
  };
}

/** Verifies with the reference implementation of Standard Webhooks. @throws when the signature does not match */
function verifiedBy(secret: string, { text, headers }: ReceivedCallback): unknown {
  return new Webhook(secret).verify(text, headers as Record<string, string>);
}

/** Verifies by the specification alone: `v1a` is ed25519 over `id.timestamp.body`. */
function isSignedByPair(publicKey: string, { headers, text }: ReceivedCallback): boolean {
  const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
  return String(headers["webhook-signature"])
    .split(" ")
    .filter((signature) => signature.startsWith("v1a,"))
    .some((signature) => verify(null, signed, key, Buffer.from(signature.slice("v1a,".length), "base64")));
}
