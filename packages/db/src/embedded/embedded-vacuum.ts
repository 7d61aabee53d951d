import { setTimeout as after } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

const everyMs = 10_000;
/** Longest time that the end waits for a table. */
const endingMs = 5_000;

/** Vacuums an embedded database now and then, since PGlite has no autovacuum. */
export function startVacuuming(db: Db): AsyncDisposable {
  const end = new AbortController();
  let vacuuming: Promise<void> | null = null;
  const timer = setInterval(() => {
    // What does not succeed is due again the next time.
    vacuuming ??= vacuumWhatNeedsIt(db, end.signal)
      .catch(() => undefined)
      .finally(() => (vacuuming = null));
  }, everyMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      end.abort();
      await Promise.race([vacuuming, after(endingMs, undefined, { ref: false })]);
    },
  };
}

/**
 * Vacuums tables of which much has been deleted or replaced, a fifth and a thousand rows, as an autovacuum would. To look for
 * a job among those that are done otherwise takes longer with each that was ever taken.
 */
export async function vacuumWhatNeedsIt(db: Db, end?: AbortSignal): Promise<void> {
  // One session alone would publish its counts only at its end.
  await db.execute(sql`select pg_stat_force_next_flush()`);
  const tables = rowsOf<{ name: string }>(
    await db.execute(sql`
      select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
      where n_dead_tup > 1000 + 0.2 * n_live_tup`),
  );
  for (const { name } of tables) {
    if (end?.aborted === true) return;
    await db.execute(sql.raw(`vacuum ${name}`));
  }
}
