import { and, asc, eq, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { signingSecrets } from "../schema.ts";

/** `v1` signs with a shared secret, `v1a` with a key pair. */
export type SignatureVersion = "v1" | "v1a";

/** A signing secret without the secret itself. */
export interface SigningSecretRecord {
  readonly id: string;
  /** The client whose callbacks it signs. */
  readonly client: string;
  readonly version: SignatureVersion;
  /** Key with which receivers verify `v1a`; null for `v1`. */
  readonly publicKey: string | null;
  readonly createdAt: Date;
  /** When the secret stops signing; null while no end is set. */
  readonly endsAt: Date | null;
  /** Whether it signs now, by the clock of the database. */
  readonly active: boolean;
}

export interface NewSigningSecret extends Omit<SigningSecretRecord, "createdAt" | "endsAt" | "active"> {
  readonly sealed: Uint8Array;
}

export interface SealedSigningSecret extends SigningSecretRecord {
  readonly sealed: Uint8Array;
}

/** Serializes changes to a client's secrets until the transaction ends. */
export async function lockSigningSecrets(tx: Db, client: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('signing secrets'), hashtext(${client}))`);
}

export async function insertSigningSecret(db: Db, secret: NewSigningSecret): Promise<SigningSecretRecord> {
  const [inserted] = await db.insert(signingSecrets).values(secret).returning(columns);
  return toRecord(inserted!);
}

/** Lists all secrets of the owner, ended ones included, oldest first. */
export async function listSigningSecrets(db: Db, owner: Owner): Promise<SigningSecretRecord[]> {
  const rows = await db
    .select(columns)
    .from(signingSecrets)
    .where(ownedBy(owner))
    .orderBy(...byAge);
  return rows.map(toRecord);
}

/** Returns the active secrets of all clients, oldest first. */
export async function activeSigningSecrets(db: Db): Promise<SealedSigningSecret[]> {
  const rows = await db
    .select({ ...columns, sealed: signingSecrets.sealed })
    .from(signingSecrets)
    .where(isActive)
    .orderBy(...byAge);
  return rows.map((row) => ({ ...toRecord(row), sealed: row.sealed }));
}

/** Counts a client's active secrets, of one version when given. */
export async function countSigningSecrets(db: Db, client: string, version?: SignatureVersion): Promise<number> {
  const ofVersion = version === undefined ? undefined : eq(signingSecrets.version, version);
  return db.$count(signingSecrets, and(eq(signingSecrets.client, client), isActive, ofVersion));
}

/** Ends a client's active secrets of a version after the delay. A secret that ends earlier keeps its end. */
export async function phaseOutSigningSecrets(
  db: Db,
  client: string,
  version: SignatureVersion,
  afterMs: number,
): Promise<void> {
  await db
    .update(signingSecrets)
    .set({ endsAt: sql`least(${signingSecrets.endsAt}, ${thisMoment} + ${afterMs} * interval '1 millisecond')` })
    .where(and(eq(signingSecrets.client, client), eq(signingSecrets.version, version), isActive));
}

/** Ends a secret of the owner now. Returns null for an unknown id. Ending a secret twice changes nothing. */
export async function endSigningSecret(db: Db, id: string, owner: Owner): Promise<SigningSecretRecord | null> {
  const [ended] = await db
    .update(signingSecrets)
    .set({ endsAt: sql`least(${signingSecrets.endsAt}, ${thisMoment})` })
    .where(and(eq(signingSecrets.id, id), ownedBy(owner)))
    .returning(columns);
  return ended === undefined ? null : toRecord(ended);
}

const isActive = sql<boolean>`coalesce(${signingSecrets.endsAt} > now(), true)`;
/** Truncated, because rounding to the precision of the column could give an instant after `now()`. */
const thisMoment = sql`date_trunc('milliseconds', now())`;
const byAge = [asc(signingSecrets.createdAt), asc(signingSecrets.id)];

const columns = {
  id: signingSecrets.id,
  client: signingSecrets.client,
  version: signingSecrets.version,
  publicKey: signingSecrets.publicKey,
  createdAt: signingSecrets.createdAt,
  endsAt: signingSecrets.endsAt,
  active: isActive,
};

function ownedBy(owner: Owner) {
  return isOwner(owner, sql`${signingSecrets.client}`);
}

function toRecord({ version, ...row }: Omit<SigningSecretRecord, "version"> & { readonly version: string }) {
  return {
    id: row.id,
    client: row.client,
    version: version as SignatureVersion,
    publicKey: row.publicKey,
    createdAt: row.createdAt,
    endsAt: row.endsAt,
    active: row.active,
  };
}
