import { sql } from "drizzle-orm";
import type { Urgency } from "../executions/accept-executions.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** What waits in a queue for one client at one priority. */
export interface QueueGroup {
  readonly queue: "executions" | "sweeps" | "callbacks";
  readonly client: string;
  readonly urgency: Urgency;
  /** Executions, steps of sweeps or callbacks that wait. */
  readonly depth: number;
  /** How long the oldest of them waits. */
  readonly ageSeconds: number;
}

/**
 * Counts what waits in each queue by client and priority, the deepest groups first. Executions that wait for a concurrency limit
 * count, and so do interrupted ones. Callbacks count only when their next attempt is due. Counts at most `max` jobs of each queue.
 */
export async function readQueue(db: Db, max: number): Promise<QueueGroup[]> {
  const rows = rowsOf<GroupRow>(
    await db.execute(sql`
      with waiting as (
        select 'executions' as queue, executions.client, urgency, count(*)::int as depth, min(accepted_at) as oldest from (
          select client, urgency, accepted_at from executions
          where status = 'pending' and not exists (select from sweeps where execution_id = executions.id)
          limit ${max}
        ) as executions group by client, urgency
        union all
        select queue, client, urgency, count(*)::int, min(since) from (
          (select 'sweeps' as queue, (data ->> 'execution_id')::bigint as execution_id, created_on as since
            from pgboss.job where name = 'sweeps' and state < 'active' limit ${max})
          union all
          (select 'callbacks', (data ->> 'execution_id')::bigint, greatest(created_on, start_after)
            from pgboss.job where name = 'callbacks' and state < 'active' and start_after <= now() limit ${max})
        ) as job join executions on executions.id = job.execution_id
        group by queue, client, urgency
      )
      select queue, client, urgency, depth, extract(epoch from now() - oldest)::float8 as age from waiting
      order by depth desc, queue, client, urgency`),
  );
  return rows.map(({ age, ...row }) => ({ ...row, ageSeconds: Math.max(age, 0) }));
}

interface GroupRow extends Omit<QueueGroup, "ageSeconds"> {
  readonly age: number;
}
