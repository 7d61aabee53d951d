import { desc, eq, inArray, or, sql, type SQL } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { sessions } from "../schema.ts";

export interface NewSession {
  /** SHA-256 of the cookie's value. */
  readonly hash: Uint8Array;
  readonly keyPrefix: string;
  /** How long it lasts unless it is used. */
  readonly seconds: number;
}

/** Sessions of one key. The oldest end when there are more. */
const maxPerKey = 100;

/** Starts a session, and removes those that have expired. */
export async function insertSession(db: Db, { hash, keyPrefix, seconds }: NewSession): Promise<void> {
  await db.transaction(async (tx) => {
    const surplus = tx
      .select({ hash: sessions.hash })
      .from(sessions)
      .where(eq(sessions.keyPrefix, keyPrefix))
      .orderBy(desc(sessions.createdAt))
      .offset(maxPerKey - 1);
    await tx.delete(sessions).where(or(sql`${sessions.expiresAt} <= now()`, inArray(sessions.hash, surplus)));
    await tx.insert(sessions).values({ hash, keyPrefix, expiresAt: secondsFromNow(seconds) });
  });
}

/** Records the use of a session, which lasts that much longer. */
export async function extendSession(db: Db, { hash, seconds }: Omit<NewSession, "keyPrefix">): Promise<void> {
  const used = { lastUsedAt: sql`now()`, expiresAt: secondsFromNow(seconds) };
  await db.update(sessions).set(used).where(eq(sessions.hash, hash));
}

/** Ends a session. */
export async function deleteSession(db: Db, hash: Uint8Array): Promise<void> {
  await db.delete(sessions).where(eq(sessions.hash, hash));
}

function secondsFromNow(seconds: number): SQL {
  return sql`now() + make_interval(secs => ${seconds}::float8)`;
}
