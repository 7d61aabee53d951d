import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Client ports of the sessions that hold the lock of the concurrency limits while their process does something else. */
export async function idleLockHolders(db: Db): Promise<number[]> {
  const rows = rowsOf<{ client_port: number }>(
    await db.execute(sql`
      select client_port from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and state = 'idle in transaction'
        and objid::bigint = hashtext('strategy-executor concurrency limits')::bigint & 4294967295`),
  );
  return rows.map((row) => row.client_port);
}

/** How many sessions hold the lock of the concurrency limits or wait for it. */
export async function countLockSessions(db: Db): Promise<number> {
  const [row] = rowsOf<{ sessions: number }>(
    await db.execute(sql`
      select count(*)::int as sessions from pg_locks
      where locktype = 'advisory'
        and objid::bigint = hashtext('strategy-executor concurrency limits')::bigint & 4294967295
        and database = (select oid from pg_database where datname = current_database())`),
  );
  return row?.sessions ?? 0;
}

/** How many executions have ended, how many wait, and how many of these a concurrency limit holds back. */
export async function countExecutions(db: Db): Promise<{ ended: number; pending: number; parked: number }> {
  const [row] = rowsOf<{ ended: number; pending: number; parked: number }>(
    await db.execute(sql`
      select count(completed_at)::int as ended, (count(*) filter (where status = 'pending'))::int as pending,
        (count(*) filter (where parked))::int as parked
      from executions`),
  );
  return row ?? { ended: 0, pending: 0, parked: 0 };
}
