import { sql } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { ConstructorOptions } from "pg-boss";
import { textArray } from "./array-literal.ts";
import { connectEmbedded } from "../embedded/connect-embedded.ts";
import { connectPostgres } from "./connect-postgres.ts";
import type { DataDirLock } from "../embedded/data-dir-lock.ts";

/** A connection pool or an open transaction: every query takes one and runs on either database. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Database extends AsyncDisposable {
  readonly kind: "pglite" | "postgres";
  /** For people: which database, and where its data lie. Holds no password. */
  readonly description: string;
  readonly db: Db;
  /** The same, but what it commits does not wait for the disk: for what a crash of the database may undo without harm. */
  readonly hastyDb: Db;
  /** Whether it can take more work: the embedded one needs room on its disk. */
  readonly hasRoom: () => boolean;
  /** How busy its connections are. */
  readonly use: () => DatabaseUse;
  /** The embedded database's lock; null on PostgreSQL. */
  readonly lock: DataDirLock | null;
  /** How pg-boss reaches the same database. */
  readonly bossOptions: ConstructorOptions;
  /**
   * Calls `onPayload` for every notification on the channel. A notification is a hint, never a promise:
   * `onConnect` is called after each (re)connection, since what was sent meanwhile is gone.
   * Returns the function that stops listening.
   */
  listen(channel: string, onPayload: (payload: string) => void, onConnect: () => void): Promise<() => Promise<void>>;
}

interface DatabaseUse {
  /** That there may be. */
  readonly connections: number;
  /** Statements and transactions that are under way or wait for a connection. */
  readonly underWay: number;
}

export interface ConnectOptions {
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database; absent keeps it in memory. */
  readonly dataDir?: string | undefined;
  /** Connections of the pool on PostgreSQL. */
  readonly poolSize?: number;
  /** Room that must be left on the embedded database's disk for it to take more work. */
  readonly diskMarginBytes?: number;
  /** Hears of every statement that is sent. */
  readonly onStatement?: (statement: string) => void;
}

/** Opens the database and brings its schema up to date. @throws DataDirInUseError, or the driver's error. */
export function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { onStatement } = options;
  const logger = onStatement !== undefined && { logQuery: onStatement };
  return options.databaseUrl === undefined
    ? connectEmbedded(options, logger)
    : connectPostgres(options.databaseUrl, options.poolSize ?? 10, logger);
}

/** Sends notifications, with the commit if a transaction is open. Each payload stays below 8,000 bytes: ids, not content. */
export async function notify(db: Db, channel: string, payloads: readonly string[]): Promise<void> {
  await db.execute(sql`
    select pg_notify(${channel}, payload) from unnest(${textArray(payloads)}::text::text[]) as payload`);
}
