import { setTimeout as after } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

const intervalMs = 10_000;
/** Time limit for the table in progress when the database closes. */
const closeTimeoutMs = 5_000;

/** Vacuums an embedded database regularly, because PGlite has no autovacuum. */
export function startVacuuming(db: Db): AsyncDisposable {
  const end = new AbortController();
  let vacuuming: Promise<void> | null = null;
  const timer = setInterval(() => {
    // A failed vacuum is tried again at the next interval.
    vacuuming ??= vacuumBloatedTables(db, end.signal)
      .catch(() => undefined)
      .finally(() => (vacuuming = null));
  }, intervalMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      end.abort();
      await Promise.race([vacuuming, after(closeTimeoutMs, undefined, { ref: false })]);
    },
  };
}

/**
 * Vacuums tables with more dead rows than autovacuum's threshold: a fifth of the table, and a thousand rows here. Without it
 * fetching a job gets slower with every job that was ever done.
 */
export async function vacuumBloatedTables(db: Db, end?: AbortSignal): Promise<void> {
  // A session publishes its counts only now and then, and this is the only one.
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
