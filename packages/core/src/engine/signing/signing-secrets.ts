import { randomBytes } from "node:crypto";
import { createSigningKeyPair, createSigningSecret } from "@strategy-executor/callback";
import {
  activeSigningSecrets,
  countSigningSecrets,
  type Database,
  type Db,
  endSigningSecret,
  insertSigningSecret,
  isUnavailable,
  listSigningSecrets,
  lockSigningSecrets,
  type Owner,
  phaseOutSigningSecrets,
  type SealedSigningSecret,
  type SignatureVersion,
  type SigningSecretRecord,
} from "@strategy-executor/db";
import { DomainError } from "../../common/domain-error.ts";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { type SecretBox, UnreadableSecretsError } from "./secret-box.ts";

/** A new secret. Only its creation shows the secret itself. */
export interface CreatedSigningSecret extends SigningSecretRecord {
  /** `whsec_…` of version `v1`; null for `v1a`, whose private key stays here. */
  readonly secret: string | null;
}

/** A secret that signs callbacks, as `whsec_…` or `whsk_…`. */
interface ActiveSecret {
  readonly id: string;
  readonly secret: string;
}

/** The signing secrets of clients' callbacks. */
export interface SigningSecrets extends Disposable {
  /** Creates a secret in addition to existing ones. @throws DomainError `conflict` when there are too many, `not_configured` without a key */
  create(client: string, version: SignatureVersion): Promise<CreatedSigningSecret>;
  /**
   * Creates a secret that replaces all others of its version, which keep signing for `overlapMs`.
   * @throws DomainError `not_found` when there is none to replace, and as `create` does
   */
  rotate(client: string, version: SignatureVersion, overlapMs: number): Promise<CreatedSigningSecret>;
  list(owner: Owner): Promise<SigningSecretRecord[]>;
  /** Ends a secret at once, in every process. Null when the owner has none with this id. */
  end(id: string, owner: Owner): Promise<SigningSecretRecord | null>;
  /** The client's active secrets, newest first. They are cached. */
  activeOf(client: string): Promise<readonly ActiveSecret[]>;
}

export interface SigningSecretsOptions {
  readonly database: Pick<Database, "db">;
  readonly signals: Signals;
  readonly box: SecretBox;
  readonly log: Log;
}

/** Lifetime of the cache, unless a signal invalidates it. */
const freshMs = 2_000;
const maxActive = 8;

export function createSigningSecrets({ database: { db }, signals, box, log }: SigningSecretsOptions): SigningSecrets {
  /** Decrypted secrets by id. The secret of an id never changes. */
  const opened = new Map<string, string>();
  let known: ReadonlyMap<string, readonly Known[]> | null = null;
  let reading: Promise<ReadonlyMap<string, readonly Known[]>> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;

  const invalidate = () => {
    readAt = Number.NEGATIVE_INFINITY;
    // A read in progress may return the old state.
    reading = null;
  };
  const stopListening = signals.on("secrets", invalidate, invalidate);

  async function read(): Promise<ReadonlyMap<string, readonly Known[]>> {
    const begun = performance.now();
    const own = readAll(db, box, opened);
    reading = own;
    try {
      const found = await own;
      if (reading === own) {
        known = found;
        readAt = begun;
      }
      return found;
    } catch (error) {
      // Signing with slightly old secrets is better than delaying the callback.
      if (known === null || !isUnavailable(error)) throw error;
      log.warn({ err: error }, "signing secrets could not be read again");
      return known;
    } finally {
      if (reading === own) reading = null;
    }
  }

  /** Secrets of all clients in one read, so that clients without secrets cost nothing. */
  async function current(): Promise<ReadonlyMap<string, readonly Known[]>> {
    if (known !== null && performance.now() - readAt < freshMs) return known;
    return reading ?? read();
  }

  async function make(
    client: string,
    version: SignatureVersion,
    before: (tx: Db) => Promise<void>,
  ): Promise<CreatedSigningSecret> {
    const id = `sign_${randomBytes(6).toString("hex")}`;
    const { secret, publicKey } = makeSecret(version);
    const sealed = await seal(secret, contextOf(id, client));
    const record = await db.transaction(async (tx) => {
      await lockSigningSecrets(tx, client);
      await before(tx);
      if ((await countSigningSecrets(tx, client)) >= maxActive) {
        throw new DomainError("conflict", `No more than ${maxActive} secrets sign at once: end one first`);
      }
      return insertSigningSecret(tx, { id, client, version, publicKey, sealed });
    });
    signals.send("secrets", "changed");
    return { ...record, secret: publicKey === null ? secret : null };
  }

  async function seal(secret: string, context: string): Promise<Uint8Array> {
    try {
      return await box.seal(secret, context);
    } catch (error) {
      if (error instanceof UnreadableSecretsError) throw new DomainError("not_configured", error.message);
      throw error;
    }
  }

  return {
    create: (client, version) => make(client, version, async () => undefined),
    rotate: (client, version, overlapMs) =>
      make(client, version, async (tx) => {
        if ((await countSigningSecrets(tx, client, version)) === 0) {
          throw new DomainError("not_found", `There is no ${version} secret to replace: create one`);
        }
        await phaseOutSigningSecrets(tx, client, version, overlapMs);
      }),
    list: (owner) => listSigningSecrets(db, owner),
    async end(id, owner) {
      const ended = await endSigningSecret(db, id, owner);
      if (ended !== null) signals.send("secrets", "changed");
      return ended;
    },
    async activeOf(client) {
      const now = Date.now();
      const secrets = (await current()).get(client) ?? [];
      return secrets.filter(({ endsAt }) => endsAt === null || endsAt.getTime() > now);
    },
    [Symbol.dispose]: stopListening,
  };
}

/** @throws UnreadableSecretsError when secrets are stored that this process cannot read: it must not send unsigned */
export async function ensureReadable(db: Db, box: SecretBox): Promise<void> {
  await readAll(db, box, new Map());
}

interface Known extends ActiveSecret {
  readonly endsAt: Date | null;
}

async function readAll(db: Db, box: SecretBox, opened: Map<string, string>): Promise<Map<string, Known[]>> {
  const byClient = new Map<string, Known[]>();
  const secrets = await activeSigningSecrets(db);
  for (const { id, client, endsAt, sealed } of secrets.toReversed()) {
    const secret = opened.get(id) ?? (await box.open(sealed, contextOf(id, client)));
    opened.set(id, secret);
    byClient.set(client, [...(byClient.get(client) ?? []), { id, secret, endsAt }]);
  }
  const active = new Set(secrets.map(({ id }: SealedSigningSecret) => id));
  for (const id of opened.keys()) if (!active.has(id)) opened.delete(id);
  return byClient;
}

function makeSecret(version: SignatureVersion): { readonly secret: string; readonly publicKey: string | null } {
  if (version === "v1") return { secret: createSigningSecret(), publicKey: null };
  const { secretKey, publicKey } = createSigningKeyPair();
  return { secret: secretKey, publicKey };
}

function contextOf(id: string, client: string): string {
  return `${id} ${client}`;
}
