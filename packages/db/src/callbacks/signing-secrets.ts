import { and, asc, eq, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { signingSecrets } from "../schema.ts";

/** `v1` of a shared secret, `v1a` of a pair of keys. */
export type SignatureVersion = "v1" | "v1a";

/** What is shown of a secret that signs callbacks. */
export interface SigningSecretRecord {
  readonly id: string;
  /** Whose callbacks it signs. */
  readonly client: string;
  readonly version: SignatureVersion;
  /** What receivers verify `v1a` with; null for `v1`. */
  readonly publicKey: string | null;
  readonly createdAt: Date;
  /** When it signs no more; null while nothing takes its place. */
  readonly endsAt: Date | null;
  /** Whether it signs at the moment, by the clock of the database. */
  readonly active: boolean;
}

export interface NewSigningSecret extends Omit<SigningSecretRecord, "createdAt" | "endsAt" | "active"> {
  readonly sealed: Uint8Array;
}

export interface SealedSigningSecret extends SigningSecretRecord {
  readonly sealed: Uint8Array;
}

/** Makes those who change the secrets of a client take turns until the transaction ends. */
export async function lockSigningSecrets(tx: Db, client: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('signing secrets'), hashtext(${client}))`);
}

export async function insertSigningSecret(db: Db, secret: NewSigningSecret): Promise<SigningSecretRecord> {
  const [inserted] = await db.insert(signingSecrets).values(secret).returning(columns);
  return toRecord(inserted!);
}

/** Every secret of the owner there ever was, oldest first. */
export async function listSigningSecrets(db: Db, owner: Owner): Promise<SigningSecretRecord[]> {
  const rows = await db
    .select(columns)
    .from(signingSecrets)
    .where(ownedBy(owner))
    .orderBy(...byAge);
  return rows.map(toRecord);
}

/** All that sign at the moment, whosever they are, oldest first. */
export async function activeSigningSecrets(db: Db): Promise<SealedSigningSecret[]> {
  const rows = await db
    .select({ ...columns, sealed: signingSecrets.sealed })
    .from(signingSecrets)
    .where(isActive)
    .orderBy(...byAge);
  return rows.map((row) => ({ ...toRecord(row), sealed: row.sealed }));
}

/** How many secrets of a version sign a client's callbacks at the moment. */
export async function countSigningSecrets(db: Db, client: string, version?: SignatureVersion): Promise<number> {
  const ofVersion = version === undefined ? undefined : eq(signingSecrets.version, version);
  return db.$count(signingSecrets, and(eq(signingSecrets.client, client), isActive, ofVersion));
}

/** Lets a client's secrets of a version sign for so long yet, and none longer than it would have. */
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

/** Ends a secret of the owner now. Null when there is none with this id; ending it again changes nothing. */
export async function endSigningSecret(db: Db, id: string, owner: Owner): Promise<SigningSecretRecord | null> {
  const [ended] = await db
    .update(signingSecrets)
    .set({ endsAt: sql`least(${signingSecrets.endsAt}, ${thisMoment})` })
    .where(and(eq(signingSecrets.id, id), ownedBy(owner)))
    .returning(columns);
  return ended === undefined ? null : toRecord(ended);
}

const isActive = sql<boolean>`coalesce(${signingSecrets.endsAt} > now(), true)`;
/** Never after `now()`, as it would be when rounded to the precision of the column. */
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
