import {
  type CreatedSigningSecret,
  createSigningSecrets,
  openSecretBox,
  signingSecretNotFound,
  type SigningSecrets,
  startSignals,
} from "@strategy-executor/core";
import { anybody, type Database, type SignatureVersion, type SigningSecretRecord } from "@strategy-executor/db";
import { z } from "zod";
import type { Config } from "../../config.ts";
import { type DatabaseServer, isDatabaseServer, accessDatabase } from "../operator/database-access.ts";

/** Stores signing secrets, directly or through the server that holds the database. */
export interface SecretStore extends AsyncDisposable {
  create(client: string, version: SignatureVersion): Promise<CreatedSigningSecret>;
  /** @throws Error when there is no secret to rotate */
  rotate(client: string, version: SignatureVersion, overlapMs: number): Promise<CreatedSigningSecret>;
  list(): Promise<readonly SigningSecretRecord[]>;
  /** @throws Error when the secret does not exist */
  end(id: string): Promise<SigningSecretRecord>;
}

/** @throws DataDirInUseError when the embedded database is held by a process that serves nothing */
export async function openSecretStore(config: Config): Promise<SecretStore> {
  const reached = await accessDatabase(config);
  return isDatabaseServer(reached) ? throughServer(reached) : throughDatabase(reached, config);
}

async function throughDatabase(database: Database, config: Config): Promise<SecretStore> {
  await using stack = new AsyncDisposableStack();
  stack.use(database);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  // Notifies the servers that run on the same database.
  const signals = stack.use(await startSignals(database, log));
  const box = openSecretBox(config);
  const secrets: SigningSecrets = stack.use(createSigningSecrets({ database, signals, box, log }));
  const opened = stack.move();
  return {
    create: secrets.create,
    rotate: secrets.rotate,
    list: () => secrets.list(anybody),
    end: async (id) => ensureSecretFound(await secrets.end(id, anybody), id),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const Instant = z.iso.datetime().transform((text) => new Date(text));
const Secret = z.object({
  id: z.string(),
  client: z.string(),
  version: z.enum(["v1", "v1a"]),
  publicKey: z.string().nullable(),
  createdAt: Instant,
  endsAt: Instant.nullable(),
  active: z.boolean(),
});
const Created = Secret.extend({ secret: z.string().nullable() });

function throughServer(holder: DatabaseServer): SecretStore {
  const post = (body?: object) => ({
    method: "POST",
    ...(body !== undefined && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  return {
    create: (client, version) => holder.ask("/secrets", Created, post({ client, version })),
    rotate: (client, version, overlapMs) =>
      holder.ask("/secrets/rotate", Created, post({ client, version, overlapMs })),
    list: () => holder.ask("/secrets", z.array(Secret)),
    end: (id) => holder.ask(`/secrets/${encodeURIComponent(id)}/end`, Secret, post()),
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

/** @throws DomainError `not_found` */
export function ensureSecretFound(secret: SigningSecretRecord | null, id: string): SigningSecretRecord {
  if (secret === null) throw signingSecretNotFound(id);
  return secret;
}
