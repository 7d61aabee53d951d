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

/** Events and progress of an execution since the last read. */
export interface ExecutionUpdates {
  readonly events: readonly EventRecord[];
  /** Progress of the running attempt; null when none runs or it has reported nothing. */
  readonly progress: Progress | null;
  /** Whether the execution is terminal, so that no event will follow. */
  readonly ended: boolean;
}

/** Reads, in one statement, the events of several executions after a number, in order; null for an execution that the owner does not have. */
export async function readUpdates(
  db: Db,
  requested: readonly { readonly executionId: number; readonly after: number; readonly owner: Owner }[],
): Promise<(ExecutionUpdates | null)[]> {
  const literal = (numbers: readonly number[]) => sql`${`{${numbers.join(",")}}`}::text::bigint[]`;
  const rows = rowsOf<UpdateRow>(
    await db.execute(sql`
      select requested.position::int as position, executions.id::float8 as execution_id, executions.strategy,
        executions.progress, executions.completed_at is not null as ended, event.number, event.status, event.at
      from unnest(${literal(requested.map(({ executionId }) => executionId))}, ${literal(requested.map(({ after }) => after))},
          ${textArray(requested.map(({ owner }) => owner))}::text::text[])
        with ordinality as requested (id, after, owner, position)
      join executions on executions.id = requested.id and (requested.owner is null or executions.client = requested.owner)
      left join execution_events event on event.execution_id = requested.id and event.number > requested.after
      order by requested.position, event.number`),
  );
  const updates = requested.map((): (ExecutionUpdates & { events: EventRecord[] }) | null => null);
  for (const row of rows) {
    const found = (updates[row.position - 1] ??= { progress: row.progress, ended: row.ended, events: [] });
    if (row.number !== null) found.events.push(fromRow({ ...row, number: row.number }));
  }
  return updates;
}

export interface FeedFilter {
  readonly owner: Owner;
  readonly status?: ExecutionStatus | undefined;
  readonly strategy?: string | undefined;
}

/** Position of a reader in the feed over all executions. */
export interface FeedPosition {
  /** Transaction id as text, because it may exceed the safe integers. */
  readonly transaction: string;
  readonly executionId: number;
  readonly number: number;
}

export interface FeedEntry {
  readonly event: EventRecord;
  /** The client that owns the execution. */
  readonly client: string;
  readonly position: FeedPosition;
}

export interface FeedPage {
  readonly events: readonly FeedEntry[];
  /** The page holds every matching event up to here, so the next page begins here, whether or not anything matched. */
  readonly covered: FeedPosition;
  /** Whether the limit ended the page, so that more events can be read at once. */
  readonly isFull: boolean;
  /** Whether more events wait for an older transaction that is still open. */
  readonly pending: boolean;
}

/** Returns the position after all events that are visible now, but for those that an older open transaction holds back. */
export async function feedEnd(db: Db): Promise<FeedPosition> {
  const rows = rowsOf<{ horizon: string }>(
    await db.execute(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`),
  );
  return endBefore(rows[0]?.horizon ?? "1");
}

/**
 * Reads the events of all the owner's executions after a position, each exactly once and in order within an execution. Looks
 * at no more than `limit` events, matching or not, so that a filter that matches little costs no more than one that matches all.
 * Sequence numbers commit out of order, so the feed follows transaction ids and stops before the oldest open transaction.
 * The limit is part of the text: a generic plan would expect a tenth of all events and join them with all executions.
 */
export async function readFeed(db: Db, after: FeedPosition, filter: FeedFilter, limit: number): Promise<FeedPage> {
  const conditions = [
    filter.status === undefined ? sql`` : sql`and scanned.status = ${filter.status}`,
    filter.strategy === undefined ? sql`` : sql`and executions.strategy = ${filter.strategy}`,
  ];
  const rows = rowsOf<FeedRow>(
    await db.execute(sql`
      with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) as xmin),
      scanned as materialized (
        select event.* from horizon, execution_events event
        where event.transaction < horizon.xmin
          and (event.transaction, event.execution_id, event.number)
            > (${after.transaction}::text::xid8, ${after.executionId}::bigint, ${after.number}::int)
        order by event.transaction, event.execution_id, event.number
        limit ${sql.raw(String(Math.trunc(limit)))}
      )
      select horizon.xmin::text as horizon,
        exists (select from execution_events later where later.transaction >= horizon.xmin) as pending,
        (select count(*)::int from scanned) as scanned,
        last.transaction::text as last_transaction, last.execution_id::float8 as last_execution_id, last.number as last_number,
        page.*
      from horizon
      left join lateral (
        select * from scanned order by transaction desc, execution_id desc, number desc limit 1
      ) last on true
      left join lateral (
        select scanned.transaction::text as transaction, scanned.execution_id::float8 as execution_id, executions.strategy,
          executions.client, scanned.number, scanned.status, scanned.at
        from scanned join executions on executions.id = scanned.execution_id
        where ${isOwner(filter.owner, sql`executions.client`)} ${conditions[0]} ${conditions[1]}
        order by scanned.transaction, scanned.execution_id, scanned.number
      ) page on true`),
  );
  const [first] = rows;
  const isFull = first !== undefined && first.scanned === limit;
  const events = rows.filter((row): row is FeedRow & { transaction: string } => row.transaction !== null);
  return {
    pending: first?.pending ?? false,
    isFull,
    covered: isFull
      ? { transaction: first.last_transaction!, executionId: first.last_execution_id!, number: first.last_number! }
      : laterOf(after, endBefore(first?.horizon ?? "1")),
    events: events.map((row) => ({
      event: fromRow(row),
      client: row.client,
      position: { transaction: row.transaction, executionId: row.execution_id, number: row.number },
    })),
  };
}

/** Compares two positions: negative when the first comes earlier. */
export function comparePositions(one: FeedPosition, other: FeedPosition): number {
  const [first, second] = [BigInt(one.transaction), BigInt(other.transaction)];
  if (first !== second) return first < second ? -1 : 1;
  return one.executionId - other.executionId || one.number - other.number;
}

function laterOf(one: FeedPosition, other: FeedPosition): FeedPosition {
  return comparePositions(one, other) < 0 ? other : one;
}

/** The position after all events of the transactions before this one. */
function endBefore(transaction: string): FeedPosition {
  return {
    transaction: String(BigInt(transaction) - 1n),
    executionId: Number.MAX_SAFE_INTEGER,
    number: 0,
  };
}

/** Overwrites the progress of a running attempt. Does nothing when a newer attempt has taken over. */
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

interface UpdateRow extends Omit<EventRow, "number"> {
  readonly position: number;
  readonly number: number | null;
  readonly ended: boolean;
  readonly progress: Progress | null;
}

interface FeedRow extends EventRow {
  readonly horizon: string;
  readonly pending: boolean;
  readonly scanned: number;
  readonly last_transaction: string | null;
  readonly last_execution_id: number | null;
  readonly last_number: number | null;
  /** Null, like the columns of the event, in the only row of a page without events. */
  readonly transaction: string | null;
  readonly client: string;
}

function fromRow({ execution_id, strategy, number, status, at }: EventRow): EventRecord {
  return { executionId: execution_id, strategy, number, status, at: new Date(at) };
}
