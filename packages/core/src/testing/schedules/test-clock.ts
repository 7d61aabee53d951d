import { connectDatabase, type ConnectOptions, type Db } from "@strategy-executor/db";

/**
 * Gives a PostgreSQL database a clock that a test moves: what statements call `clock_timestamp()` is read from a row. Connections
 * that are opened later see it. Only schedules and prices go by it; the queue keeps the real clock.
 */
export async function installTestClock(options: ConnectOptions, at: number): Promise<void> {
  await using database = await connectDatabase(options);
  const { db } = database;
  await db.execute("create schema clock");
  await db.execute("create table clock.present (at timestamptz not null)");
  await db.execute(`insert into clock.present values ('${iso(at)}')`);
  await db.execute(`
    create function clock.clock_timestamp() returns timestamptz language sql volatile
    as 'select at from clock.present'`);
  await db.execute(`
    do $$ begin execute format('alter database %I set search_path = clock, public, pg_catalog', current_database()); end $$`);
}

/** Moves the clock. */
export async function setTestClock(db: Db, at: number): Promise<void> {
  await db.execute(`update clock.present set at = '${iso(at)}'`);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
