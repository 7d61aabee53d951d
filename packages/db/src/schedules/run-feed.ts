import { sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { RunRecord } from "./runs.ts";

/** Position of a reader in the feed of runs. */
export interface RunFeedPosition {
  /** Transaction id as text, because it may exceed the safe integers. */
  readonly transaction: string;
  readonly scheduleId: number;
  /** Milliseconds since 1970. */
  readonly fireAt: number;
}

export interface RunFeedPage {
  readonly runs: readonly { readonly run: RunRecord; readonly position: RunFeedPosition }[];
  /** Whether more changes wait for an older transaction that is still open. */
  readonly pending: boolean;
}

export interface RunFeedFilter {
  readonly owner: Owner;
  readonly scheduleId?: number | undefined;
}

/**
 * Reads runs that changed after a position, each in its present state: of several changes between two reads the last one is
 * seen. Like the feed of executions it follows transaction ids and stops before the oldest open transaction.
 */
export async function readRunFeed(
  db: Db,
  after: RunFeedPosition,
  { owner, scheduleId }: RunFeedFilter,
  limit: number,
): Promise<RunFeedPage> {
  const rows = rowsOf<FeedRow>(
    await db.execute(sql`
      with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
      select exists (select from schedule_runs later, horizon where later.transaction >= horizon.xmin) as pending, page.*
      from (select) as always left join lateral (
        select run.transaction::text as transaction, run.schedule_id::float8 as schedule_id, run.fire_at::text as fire_at,
          run.origin, run.trading_day::text as trading_day, run.state, run.reason, run.execution_id::float8 as execution_id,
          run.changed, run.notification
        from horizon, schedule_runs run
        where run.transaction < horizon.xmin
          and (run.transaction, run.schedule_id, run.fire_at) > (${after.transaction}::text::xid8,
            ${after.scheduleId}::bigint, ${new Date(after.fireAt).toISOString()}::timestamptz)
          and ${isOwner(owner, sql`run.client`)}
          ${scheduleId === undefined ? sql`` : sql`and run.schedule_id = ${scheduleId}`}
        order by run.transaction, run.schedule_id, run.fire_at
        limit ${limit}
      ) page on true`),
  );
  const runs = rows.filter((row): row is FeedRow & { transaction: string } => row.transaction !== null);
  return {
    pending: rows[0]?.pending ?? false,
    runs: runs.map(({ transaction, pending: _pending, ...row }) => {
      const fireAt = new Date(row.fire_at);
      const run = {
        scheduleId: row.schedule_id,
        fireAt,
        origin: row.origin,
        tradingDay: row.trading_day,
        state: row.state,
        reason: row.reason,
        executionId: row.execution_id,
        changed: row.changed,
        notification: row.notification,
      };
      return { run, position: { transaction, scheduleId: row.schedule_id, fireAt: fireAt.getTime() } };
    }),
  };
}

interface FeedRow {
  readonly pending: boolean;
  readonly transaction: string | null;
  readonly schedule_id: number;
  readonly fire_at: string;
  readonly origin: string;
  readonly trading_day: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly execution_id: number | null;
  readonly changed: boolean | null;
  readonly notification: string;
}
