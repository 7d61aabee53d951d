import { type SQL, sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { ExecutionStatus } from "./status.ts";

/** What became of a callback; `none` for executions without one. */
export type CallbackState = "waiting" | "due" | "delivered" | "given_up" | "none";

export interface ExecutionFilter {
  readonly owner: Owner;
  /** Only executions in one of these states; in any when absent. */
  readonly statuses?: readonly ExecutionStatus[] | undefined;
  readonly strategy?: string | undefined;
  /** Only executions of this schedule. */
  readonly scheduleId?: number | undefined;
  /** Only executions whose label begins with this. */
  readonly label?: string | undefined;
  /** Only executions accepted at this instant or later. */
  readonly since?: Date | undefined;
  /** Only executions accepted before this instant. */
  readonly until?: Date | undefined;
  readonly callback?: CallbackState | undefined;
  readonly kind?: "execution" | "sweep" | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Only executions older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Part of the ids that a filter can match. */
interface IdRange {
  readonly from: number | null;
  readonly below: number | null;
}

/** How much later than an execution with a higher id one with a lower id may have been accepted. */
const disorderMs = 60_000;

/**
 * The ids accepted in the time of the filter, and some around them: found by bisection on the primary key, because ids ascend
 * with the time and no index by time is kept.
 */
export async function idRangeOf(db: Db, { since, until }: Pick<ExecutionFilter, "since" | "until">): Promise<IdRange> {
  const [from, below] = await Promise.all([
    since === undefined ? null : firstIdAfter(db, new Date(since.getTime() - disorderMs)),
    until === undefined ? null : firstIdAfter(db, new Date(until.getTime() + disorderMs)),
  ]);
  return { from, below };
}

async function firstIdAfter(db: Db, instant: Date): Promise<number> {
  const [row] = rowsOf<{ id: number }>(
    await db.execute(sql`
      with recursive search (low, high) as (
        select coalesce((select min(id) from executions), 1), coalesce((select max(id) from executions), 0) + 1
        union all
        select case when is_before then found.id + 1 else low end, case when is_before then high else middle end
        from search
        cross join lateral (select (low + high) / 2 as middle) as half
        left join lateral (
          select id, accepted_at < ${instant.toISOString()}::timestamptz as is_before from executions
          where id >= half.middle order by id limit 1
        ) as found on true
        where low < high
      )
      select low::float8 as id from search where low >= high limit 1`),
  );
  return row!.id;
}

/** Newest ids that match a filter, as a subquery with the column `id`. */
export function matchingIds(filter: ExecutionFilter, range: IdRange): SQL {
  const branches = statusesOf(filter).map((status) => branchOf(filter, range, status));
  const [only, ...others] = branches;
  if (others.length === 0) return only!;
  const all = sql.join(
    branches.map((branch) => sql`(${branch})`),
    sql` union all `,
  );
  return sql`select id from (${all}) as part order by id desc limit ${filter.limit}`;
}

const allStatuses: readonly ExecutionStatus[] = ["pending", "running", "completed", "failed", "cancelled"];

/** One branch for each state where an index has the state before the id; null stands for any state. */
function statusesOf({ statuses, strategy, callback }: ExecutionFilter): readonly (ExecutionStatus | null)[] {
  const wanted = statuses ?? (strategy === undefined ? null : allStatuses);
  if (callback !== "waiting") return wanted ?? [null];
  // Callbacks wait exactly as long as their execution has not ended.
  const open = (wanted ?? allStatuses).filter((status) => status === "pending" || status === "running");
  return open.length > 0 ? open : ["pending"];
}

function branchOf(filter: ExecutionFilter, range: IdRange, status: ExecutionStatus | null): SQL {
  const { owner, statuses, strategy, scheduleId, label, since, until, callback, kind, ids, before, limit } = filter;
  const conditions = [isOwner(owner, sql`executions.client`)];
  const demand = (condition: SQL) => void conditions.push(condition);
  if (status !== null) demand(sql`executions.status = ${status}`);
  if (status !== null && statuses?.includes(status) === false) demand(sql`false`);
  if (strategy !== undefined) demand(sql`executions.strategy = ${strategy}`);
  if (scheduleId !== undefined) demand(sql`executions.schedule_id = ${scheduleId}`);
  if (label !== undefined) demand(beginsWith(label));
  if (since !== undefined) demand(sql`executions.accepted_at >= ${since.toISOString()}::timestamptz`);
  if (until !== undefined) demand(sql`executions.accepted_at < ${until.toISOString()}::timestamptz`);
  if (range.from !== null) demand(sql`executions.id >= ${range.from}`);
  if (range.below !== null) demand(sql`executions.id < ${range.below}`);
  if (ids !== undefined) demand(sql`executions.id = any(${plainArray(ids)}::text::bigint[])`);
  if (before !== undefined) demand(sql`executions.id < ${before}`);
  if (callback !== undefined) demand(callbackConditions[callback]);
  if (kind === "execution") demand(sql`not exists (select 1 from sweeps where sweeps.execution_id = executions.id)`);
  const joins = [
    ...(callback === undefined || callback === "none"
      ? []
      : [sql`join callbacks on callbacks.execution_id = executions.id`]),
    ...(kind === "sweep" ? [sql`join sweeps on sweeps.execution_id = executions.id`] : []),
  ];
  return sql`select executions.id from executions ${sql.join(joins, sql` `)}
    where ${sql.join(conditions, sql` and `)} order by executions.id desc limit ${limit}`;
}

/** As a range, because a statement that is planned for any parameter cannot use the index for `like`. */
function beginsWith(label: string): SQL {
  const last = `${label}\u{10FFFF}`;
  return sql`executions.label ~>=~ ${label} and executions.label ~<~ ${last}`;
}

const callbackConditions: Readonly<Record<CallbackState, SQL>> = {
  waiting: sql`callbacks.state = 'waiting'`,
  due: sql`callbacks.state = 'due'`,
  delivered: sql`callbacks.sent`,
  given_up: sql`callbacks.state = 'ended' and not callbacks.sent`,
  none: sql`not exists (select 1 from callbacks where callbacks.execution_id = executions.id)`,
};
