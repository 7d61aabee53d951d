import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Idempotency key of a client's submission. */
export interface SubmissionKey {
  readonly key: string;
  /** Digest of the submission's content. The same key with another digest is an error of the client. */
  readonly fingerprint: string;
}

/** Earlier submission with the same key. */
export interface EarlierSubmission {
  readonly executionId: number;
  readonly fingerprint: string;
}

/** Age from which a key can be used again. */
export const keyLifetime = sql.raw("interval '24 hours'");

/**
 * Takes the keys of new submissions, as a part of the statement that writes them: `requested` has the columns `id`, `client`, `key` (null
 * without one) and `fingerprint`, no key of a client twice. Returns the ids whose keys were free. Waits for a transaction that has just
 * taken a key, so that the second of two simultaneous submissions finds the first. In order, so that two such statements cannot wait for
 * each other.
 */
export function takeKeys(requested: SQL): SQL {
  return sql`
    insert into idempotency_keys (client, key, fingerprint, execution_id)
    select client, key, fingerprint, id from ${requested} where key is not null order by client, key
    on conflict (client, key) do update
      set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, created_at = excluded.created_at
      where idempotency_keys.created_at < now() - ${keyLifetime}
    returning execution_id`;
}

/** Reads the submission that used a key. @throws Error when the key has expired meanwhile */
export async function readEarlierSubmission(db: Db, client: string, key: string): Promise<EarlierSubmission> {
  const [earlier] = rowsOf<{ execution_id: number; fingerprint: string }>(
    await db.execute(sql`
      select execution_id::float8 as execution_id, fingerprint from idempotency_keys where client = ${client} and key = ${key}`),
  );
  if (earlier === undefined) throw new Error("An idempotency key vanished while it was read");
  return { executionId: earlier.execution_id, fingerprint: earlier.fingerprint };
}
