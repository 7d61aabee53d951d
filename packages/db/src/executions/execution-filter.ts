import { type SQL, sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import { goesTo } from "../callbacks/goes-to.ts";
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
  /** Only executions whose callback goes to this receiver: an origin, or `mailto:`. */
  readonly receiver?: string | undefined;
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

/**
 * Newest ids that match a filter, as a subquery with the columns `id` and `is_stop`. A row with `is_stop` is no match: the search
 * stopped there, and older executions may match too.
 */
export function matchingIds(filter: ExecutionFilter, range: IdRange): SQL {
  const branches = statusesOf(filter).map((status) => boundedBranch(filter, range, status));
  const [only, ...others] = branches;
  if (others.length === 0) return only!;
  const all = sql.join(
    branches.map((branch) => sql`(${branch})`),
    sql` union all `,
  );
  // The stops of all branches come first.
  return sql`select id, is_stop from (${all}) as part order by is_stop desc, id desc limit ${filter.limit + branches.length}`;
}

/** What a search found, newest first. */
export interface Matches<Item> {
  readonly items: readonly Item[];
  /** The search stopped at this id; null if nothing older matches, or if `items` are as many as wanted. */
  readonly stoppedAt: number | null;
}

/** The matches among the rows of `matchingIds`. Branches that stopped earlier may have missed what others found below. */
export function toMatches<Row extends { readonly id: number; readonly is_stop: boolean }>(
  rows: readonly Row[],
  limit: number,
): Matches<Row> {
  const stop = Math.max(...rows.filter((row) => row.is_stop).map(({ id }) => id), -Infinity);
  const items = rows
    .filter(({ id, is_stop: isStop }) => !isStop && id >= stop)
    .toSorted((a, b) => b.id - a.id)
    .slice(0, limit);
  return { items, stoppedAt: Number.isFinite(stop) && items.length < limit ? stop : null };
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

/**
 * No index leads to the executions with a delivered callback, without one, or with one to a given receiver. A search for them
 * examines at most this many executions that match the rest of the filter.
 */
export const maxExamined = 10_000;

function boundedBranch(filter: ExecutionFilter, range: IdRange, status: ExecutionStatus | null): SQL {
  const { callback, receiver, limit } = filter;
  const isUnindexed = callback === "delivered" || callback === "none";
  if (!isUnindexed && receiver === undefined) {
    return sql`select id, false as is_stop from (${branchOf(filter, range, status, sql`${limit}`)}) as branch`;
  }
  const rest = isUnindexed ? { ...filter, callback: undefined } : filter;
  const examined = branchOf(rest, range, status, sql.raw(String(maxExamined)));
  // Subqueries instead of joins: a join would be planned for all executions that may be examined.
  const ofCallback = (value: SQL) => sql`(select ${value} from callbacks where callbacks.execution_id = examined.id)`;
  const conditions = [
    ...(callback === "delivered" ? [ofCallback(sql`callbacks.sent`)] : []),
    ...(callback === "none" ? [sql`${ofCallback(sql`1`)} is null`] : []),
    ...(receiver === undefined ? [] : [ofCallback(goesTo(receiver))]),
  ];
  // The second part runs only when the first one has too few rows.
  return sql`
    with found as materialized (
      select examined.id from (${examined}) as examined where ${sql.join(conditions, sql` and `)}
      order by examined.id desc limit ${limit}
    )
    select id, false as is_stop from found
    union all
    select stop.id, true from (
      select examined.id from (${examined}) as examined order by examined.id desc offset ${sql.raw(String(maxExamined - 1))} limit 1
    ) as stop where (select count(*) from found) < ${limit}`;
}

function branchOf(filter: ExecutionFilter, range: IdRange, status: ExecutionStatus | null, limit: SQL): SQL {
  const { owner, statuses, strategy, scheduleId, label, since, until, callback, kind, ids, before } = filter;
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
  if (callback !== undefined) demand(callbackConditions[callback as keyof typeof callbackConditions]);
  if (kind === "execution") demand(sql`not exists (select 1 from sweeps where sweeps.execution_id = executions.id)`);
  const joins = [
    ...(callback === undefined ? [] : [sql`join callbacks on callbacks.execution_id = executions.id`]),
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

const callbackConditions = {
  waiting: sql`callbacks.state = 'waiting'`,
  due: sql`callbacks.state = 'due'`,
  given_up: sql`callbacks.state = 'ended' and not callbacks.sent`,
} satisfies Partial<Record<CallbackState, SQL>>;
