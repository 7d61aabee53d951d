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
const keyLifetime = sql.raw("interval '24 hours'");

/**
 * Takes the keys of new submissions, as a part of the statement that writes them: `requested` has the columns `id`, `client`, `key` (null
 * without one) and `fingerprint`, no key of a client twice. Returns the ids whose keys were free. Waits for a transaction that has just
 * taken a key, so that the second of two simultaneous submissions finds the first; `waitMs`: how long, before the statement fails with a
 * lock timeout, the session's own limit when null. In order, so that two such statements cannot wait for each other.
 */
export function takeKeys(requested: SQL, waitMs: number | null): SQL {
  return sql`
    with patience as materialized (
      select set_config('lock_timeout', coalesce(${waitMs}::int::text, current_setting('lock_timeout')), true)
    )
    insert into idempotency_keys (client, key, fingerprint, execution_id)
    select client, key, fingerprint, id from patience, ${requested} where key is not null order by client, key
    on conflict (client, key) do update
      set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, created_at = excluded.created_at
      where idempotency_keys.created_at < now() - ${keyLifetime}
    returning execution_id`;
}

/** Reads the submission that used a key; null when the key has expired meanwhile. */
export async function readEarlierSubmission(db: Db, client: string, key: string): Promise<EarlierSubmission | null> {
  const [earlier] = rowsOf<{ execution_id: number; fingerprint: string }>(
    await db.execute(sql`
      select execution_id::float8 as execution_id, fingerprint from idempotency_keys where client = ${client} and key = ${key}`),
  );
  return earlier === undefined ? null : { executionId: earlier.execution_id, fingerprint: earlier.fingerprint };
}

/** Removes expired keys, in small batches. Skips those that are being used again: it takes locks in another order than `takeKeys`. */
export async function removeExpiredSubmissionKeys(db: Db): Promise<void> {
  for (let removed = removedAtOnce; removed === removedAtOnce;) {
    const rows = rowsOf<{ removed: number }>(
      await db.execute(sql`
        with removed as (
          delete from idempotency_keys where ctid = any(array(
            select ctid from idempotency_keys where created_at < now() - ${keyLifetime}
            order by created_at limit ${removedAtOnce} for update skip locked))
          returning 1
        )
        select count(*)::int as removed from removed`),
    );
    removed = rows[0]!.removed;
  }
}

const removedAtOnce = 1_000;
