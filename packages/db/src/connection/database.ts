import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { ConstructorOptions } from "pg-boss";
import type { DataDirLock } from "../embedded/data-dir-lock.ts";

/** A connection pool or an open transaction: every query takes one and runs on either database. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Database extends AsyncDisposable {
  readonly kind: "pglite" | "postgres";
  /** For people: which database, and where its data lie. Holds no password. */
  readonly description: string;
  readonly db: Db;
  /** The same, but what it commits does not wait for the disk: for what a crash of the database may undo without harm. */
  readonly asyncCommitDb: Db;
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
