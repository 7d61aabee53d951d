import { randomBytes } from "node:crypto";
import type postgres from "postgres";

/*
 * The feed over all executions is ordered by transaction ids, which belong to one cluster. A restored database uses ids again that
 * its events already have. Positions in the feed therefore belong to an epoch. A process that starts on a restored database, or
 * finds events with future ids, begins a new epoch.
 */

/** The epoch of databases that were never restored. Cursors without an epoch belong to it. */
export const firstFeedEpoch = "0";

/** The current epoch; null when a new one must begin, which needs the lock on the schema alone. */
export async function feedEpoch(client: postgres.Sql): Promise<string | null> {
  const [row] = await client.unsafe<{ epoch: string | null }[]>(`
    select (select epoch from feed_epoch where origin = ${origin} and not ${hasFutureEvents}) as epoch`);
  return row?.epoch ?? null;
}

/**
 * Begins an epoch: all earlier events come first in it, in order within an execution. A database without events keeps its epoch,
 * because no client can have a cursor.
 */
export async function beginFeedEpoch(client: postgres.Sql): Promise<string> {
  return client.begin(async (tx) => {
    const [found] = await tx.unsafe<{ previous: string | null; has_events: boolean; has_future: boolean }[]>(`
      select (select epoch from feed_epoch) as previous, exists (select from execution_events) as has_events,
        ${hasFutureEvents} as has_future`);
    const { previous, has_events, has_future } = found!;
    // An upgrade finds no epoch and no future events, and cursors stay as they are.
    const goesOn = !has_events || (previous === null && !has_future);
    const epoch = goesOn ? (previous ?? firstFeedEpoch) : randomBytes(4).toString("hex");
    if (has_future) {
      await tx.unsafe(`update execution_events set transaction = '1' where transaction <> '1'`);
      // Ended executions have no more events.
      await tx.unsafe(`update executions set event_transaction = '1' where completed_at is null`);
    }
    await tx.unsafe(
      `insert into feed_epoch (epoch, origin) values ($1, ${origin})
       on conflict ("only") do update set epoch = excluded.epoch, origin = excluded.origin`,
      [epoch],
    );
    return epoch;
  });
}

/** Goes on with the epoch of the database that the events were copied from, unless their transactions are ahead of this cluster. */
export async function adoptFeedEpoch(client: postgres.Sql, epoch: string): Promise<void> {
  const [row] = await client.unsafe<{ has_future: boolean }[]>(`select ${hasFutureEvents} as has_future`);
  if (row!.has_future) await beginFeedEpoch(client);
  else await client.unsafe(`update feed_epoch set epoch = $1, origin = ${origin}`, [epoch]);
}

/** Identifies the source of transaction ids: the cluster, if the server tells it, and the database. */
const origin = `(
  case when has_function_privilege('pg_control_system()', 'execute')
    then (select system_identifier::text from pg_control_system()) else '' end
  || '/' || (select oid::text from pg_database where datname = current_database()))`;

/** A snapshot sees no transaction from its end on, unless the ids are of another cluster. */
const hasFutureEvents = `coalesce(
  (select transaction from execution_events order by transaction desc limit 1) >= pg_snapshot_xmax(pg_current_snapshot()), false)`;
