import { sql } from "drizzle-orm";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import type { ExecutionStatus } from "./executions.ts";
import { isOwner, type Owner } from "../access/owner.ts";
import { rowsOf } from "../connection/rows.ts";

export interface EventRecord {
  readonly executionId: number;
  readonly strategy: string;
  /** 1, 2, 3 ... within the execution. */
  readonly number: number;
  readonly status: ExecutionStatus;
  readonly at: Date;
}

export interface Progress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly phase: string;
}

/** What is new of an execution. */
export interface ExecutionUpdates {
  readonly events: readonly EventRecord[];
  /** Of the attempt that runs; null when none does or it has said nothing. */
  readonly progress: Progress | null;
  /** The execution is terminal: no event will follow these. */
  readonly ended: boolean;
}

/** For each execution asked about, its events after the given number, in order; null for one that the owner does not have. One statement. */
export async function readUpdates(
  db: Db,
  asked: readonly { readonly executionId: number; readonly after: number; readonly owner: Owner }[],
): Promise<(ExecutionUpdates | null)[]> {
  const literal = (numbers: readonly number[]) => sql`${`{${numbers.join(",")}}`}::text::bigint[]`;
  const rows = rowsOf<NewsRow>(
    await db.execute(sql`
      select asked.position::int as position, executions.id::float8 as execution_id, executions.strategy,
        executions.progress, executions.completed_at is not null as ended, event.number, event.status, event.at
      from unnest(${literal(asked.map(({ executionId }) => executionId))}, ${literal(asked.map(({ after }) => after))},
          ${textArray(asked.map(({ owner }) => owner))}::text::text[])
        with ordinality as asked (id, after, owner, position)
      join executions on executions.id = asked.id and (asked.owner is null or executions.client = asked.owner)
      left join execution_events event on event.execution_id = asked.id and event.number > asked.after
      order by asked.position, event.number`),
  );
  const news = asked.map((): (ExecutionUpdates & { events: EventRecord[] }) | null => null);
  for (const row of rows) {
    const found = (news[row.position - 1] ??= { progress: row.progress, ended: row.ended, events: [] });
    if (row.number !== null) found.events.push(fromRow({ ...row, number: row.number }));
  }
  return news;
}

export interface FeedFilter {
  readonly owner: Owner;
  readonly status?: ExecutionStatus | undefined;
  readonly strategy?: string | undefined;
}

/** Where a reader of the feed over all executions stands. */
export interface FeedPosition {
  /** A transaction's id, which may pass what a number holds. */
  readonly transaction: string;
  readonly executionId: number;
  readonly number: number;
}

export interface FeedPage {
  readonly events: readonly { readonly event: EventRecord; readonly position: FeedPosition }[];
  /** Events are there that cannot be given out yet, because a transaction that began before them is still open. */
  readonly pending: boolean;
}

/** The position behind everything that is given out now. */
export async function feedEnd(db: Db): Promise<FeedPosition> {
  const rows = rowsOf<{ transaction: string }>(
    await db.execute(sql`select (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text as transaction`),
  );
  return { transaction: rows[0]?.transaction ?? "0", executionId: Number.MAX_SAFE_INTEGER, number: 0 };
}

/**
 * The events of all the owner's executions behind a position: in order within an execution, each exactly once. Sequence numbers commit
 * out of order, so the feed goes by transaction and stops before the oldest that is still open.
 */
export async function readFeed(db: Db, after: FeedPosition, filter: FeedFilter, limit: number): Promise<FeedPage> {
  const only = [
    filter.status === undefined ? sql`` : sql`and event.status = ${filter.status}`,
    filter.strategy === undefined ? sql`` : sql`and executions.strategy = ${filter.strategy}`,
  ];
  const rows = rowsOf<FeedRow>(
    await db.execute(sql`
      with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
      select exists (select from execution_events later, horizon where later.transaction >= horizon.xmin) as pending, page.*
      from (select) as always left join lateral (
        select event.transaction::text as transaction, event.execution_id::float8 as execution_id, executions.strategy,
          event.number, event.status, event.at
        from horizon, execution_events event join executions on executions.id = event.execution_id
        where event.transaction < horizon.xmin
          and (event.transaction, event.execution_id, event.number)
            > (${after.transaction}::text::xid8, ${after.executionId}::bigint, ${after.number}::int)
          and ${isOwner(filter.owner, sql`executions.client`)} ${only[0]} ${only[1]}
        order by event.transaction, event.execution_id, event.number
        limit ${limit}
      ) page on true`),
  );
  const events = rows.filter((row): row is FeedRow & { transaction: string } => row.transaction !== null);
  return {
    pending: rows[0]?.pending ?? false,
    events: events.map((row) => ({
      event: fromRow(row),
      position: { transaction: row.transaction, executionId: row.execution_id, number: row.number },
    })),
  };
}

/** Overwrites the progress of a running attempt. Nothing happens when the attempt was overtaken. */
export async function writeProgress(db: Db, id: number, attempt: number, progress: Progress): Promise<void> {
  await db.execute(sql`
    update executions set progress = ${JSON.stringify(progress)}::text::json
    where id = ${id} and attempt = ${attempt} and status = 'running'`);
}

interface EventRow {
  readonly execution_id: number;
  readonly strategy: string;
  readonly number: number;
  readonly status: ExecutionStatus;
  readonly at: string;
}

interface NewsRow extends Omit<EventRow, "number"> {
  readonly position: number;
  readonly number: number | null;
  readonly ended: boolean;
  readonly progress: Progress | null;
}

interface FeedRow extends EventRow {
  readonly pending: boolean;
  readonly transaction: string | null;
}

function fromRow({ execution_id, strategy, number, status, at }: EventRow): EventRecord {
  return { executionId: execution_id, strategy, number, status, at: new Date(at) };
}
