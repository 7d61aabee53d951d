import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** What a client calls one of its submissions. */
export interface SubmissionKey {
  readonly client: string;
  readonly key: string;
  /** Of the submission's content: the same key with another one is a mistake. */
  readonly fingerprint: string;
}

/** The submission that a key was used for before. */
export interface EarlierSubmission {
  readonly executionId: number;
  readonly fingerprint: string;
}

/** How long a key is remembered, as an interval of PostgreSQL. */
const remembered = sql.raw("interval '24 hours'");

/**
 * Takes a key for the open transaction, or tells what it was taken for before. Waits for a transaction that has just taken
 * it: of two simultaneous submissions the second gets the first's execution.
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
        where idempotency_keys.created_at < now() - ${remembered}
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

/** Notes, within the transaction that took the key, which execution it stands for. */
export async function fillSubmissionKey(tx: Db, { client, key }: SubmissionKey, executionId: number): Promise<void> {
  await tx.execute(sql`
    update idempotency_keys set execution_id = ${executionId} where client = ${client} and key = ${key}`);
}
