import { sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { TerminalStatus } from "./executions.ts";

/** A count that stops at a limit. */
export interface BoundedCount {
  readonly count: number;
  /** Whether there are, or may be, more. */
  readonly more: boolean;
}

/** What goes on at the moment. */
export interface Activity {
  readonly waiting: BoundedCount;
  readonly running: BoundedCount;
  readonly oldestWaitingAt: Date | null;
  readonly endedLastHour: Readonly<Record<TerminalStatus, BoundedCount>>;
  readonly callbacksDue: BoundedCount;
  readonly givenUpLastDay: BoundedCount;
  readonly openCircuits: BoundedCount;
}

/**
 * Counts what the owner has going on, each up to `limit`. Every part reads at most so many entries of an index, so the time
 * does not grow with the number of executions. Callbacks have no client of their own: of an owner among many, only the newest
 * due and given-up ones of all clients are looked through.
 */
export async function readActivity(db: Db, owner: Owner, limit: number): Promise<Activity> {
  const own = isOwner(owner, sql`executions.client`);
  const one = limit + 1;
  const ended = (status: TerminalStatus) => sql`(select count(*)::int from (
    select 1 from executions where ${own} and status = ${status} and completed_at > now() - interval '1 hour' limit ${one}
  ) as part)`;
  const [row] = rowsOf<ActivityRow>(
    await db.execute(sql`
      with running as materialized (
        select client from executions where status = 'running' limit ${one}
      ), newest_due as materialized (
        select execution_id, url from callbacks where state = 'due' order by execution_id desc limit ${one}
      ), due as materialized (
        select url from newest_due join executions on executions.id = execution_id where ${own}
      ), newest_given_up as materialized (
        select execution_id, delivery_ended_at from callbacks where state = 'ended' and not sent order by execution_id desc
        limit ${one}
      ), given_up as (
        select 1 from newest_given_up join executions on executions.id = execution_id
        where ${own} and delivery_ended_at > now() - interval '1 day'
      ), open_circuits as (
        select distinct origin from receiver_reports
        where circuit = 'open' and reported_at > now() - interval '1 minute'
      )
      select
        (select count(*)::int from (select 1 from executions where ${own} and status = 'pending' limit ${one}) as part)
          as waiting,
        (select count(*)::int from running as executions where ${own}) as running,
        (select count(*)::int from running) as all_running,
        ${owner === null ? oldestOfAll : oldestOf(owner)} as oldest_waiting_at,
        ${ended("completed")} as completed, ${ended("failed")} as failed, ${ended("cancelled")} as cancelled,
        (select count(*)::int from due) as due,
        (select count(*)::int from newest_due) as all_due,
        (select count(*)::int from given_up) as given_up,
        (select count(*)::int from newest_given_up) as all_given_up,
        (select count(*)::int from open_circuits where ${owner === null} or exists (
          select 1 from due where due.url ^@ origin and substr(due.url, length(origin) + 1, 1) in ('', '/', '?', '#')
        )) as open_circuits`),
  );
  const of = (count: number, read = count): BoundedCount => ({ count: Math.min(count, limit), more: read > limit });
  const { oldest_waiting_at: oldest, ...counts } = row!;
  return {
    waiting: of(counts.waiting),
    running: of(counts.running, counts.all_running),
    oldestWaitingAt: oldest === null ? null : new Date(oldest),
    endedLastHour: { completed: of(counts.completed), failed: of(counts.failed), cancelled: of(counts.cancelled) },
    callbacksDue: of(counts.due, counts.all_due),
    givenUpLastDay: of(counts.given_up, counts.all_given_up),
    openCircuits: of(counts.open_circuits),
  };
}

const oldestOfAll = sql`(select accepted_at from executions where status = 'pending' order by id limit 1)`;

/** Within a priority a client's executions have ascending turns, so one entry of the index for each is enough. */
function oldestOf(client: string) {
  const first = (urgency: number) => sql`(select accepted_at from executions
    where status = 'pending' and client = ${client} and urgency = ${urgency} order by turn limit 1)`;
  return sql`least(${first(-1)}, ${first(0)}, ${first(1)})`;
}

interface ActivityRow {
  readonly waiting: number;
  readonly running: number;
  readonly all_running: number;
  readonly oldest_waiting_at: string | null;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly due: number;
  readonly all_due: number;
  readonly given_up: number;
  readonly all_given_up: number;
  readonly open_circuits: number;
}
