import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Idempotency key of a submission. */
export interface SubmissionKey {
  readonly client: string;
  readonly key: string;
  /** Digest of the submission's content. The same key with another digest is an error of the client. */
  readonly fingerprint: string;
}

/** Earlier submission with the same key. */
export interface EarlierSubmission {
  readonly executionId: number;
  readonly fingerprint: string;
}

/** Lifetime of a key. */
const lifetime = sql.raw("interval '24 hours'");

/**
 * Reserves a key in the open transaction, or returns the earlier submission that used it. Waits for a transaction that has
 * just reserved the key, so that the second of two simultaneous submissions gets the execution of the first.
 */
export async function takeSubmissionKey(
  tx: Db,
  { client, key, fingerprint }: SubmissionKey,
): Promise<EarlierSubmission | null> {
  const taken = rowsOf(
    await tx.execute(sql`
      insert into idempotency_keys (client, key, fingerprint) values (${client}, ${key}, ${fingerprint})
      on conflict (client, key) do update
        set fingerprint = excluded.fingerprint, execution_id = null, created_at = excluded.created_at
        where idempotency_keys.created_at < now() - ${lifetime}
      returning key`),
  );
  if (taken.length > 0) return null;
  const [earlier] = rowsOf<{ execution_id: number; fingerprint: string }>(
    await tx.execute(sql`
      select execution_id::float8 as execution_id, fingerprint from idempotency_keys where client = ${client} and key = ${key}`),
  );
  if (earlier === undefined) throw new Error("An idempotency key vanished while it was read");
  return { executionId: earlier.execution_id, fingerprint: earlier.fingerprint };
}

/** Stores the execution of a key, within the transaction that reserved the key. */
export async function fillSubmissionKey(tx: Db, { client, key }: SubmissionKey, executionId: number): Promise<void> {
  await tx.execute(sql`
    update idempotency_keys set execution_id = ${executionId} where client = ${client} and key = ${key}`);
}
