import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { ConstructorOptions } from "pg-boss";
import type { DataDirLock } from "../embedded/data-dir-lock.ts";
import type { DatabaseTimeouts } from "./session-settings.ts";

/** A connection pool or an open transaction: every query takes one and runs on either database. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Database extends AsyncDisposable {
  readonly kind: "pglite" | "postgres";
  /** Epoch of the feed over all executions. A restore begins a new epoch. */
  readonly feedEpoch: string;
  /** Readable description of the database and where its data are. Contains no password. */
  readonly description: string;
  readonly db: Db;
  /** For batches of writes, on which many callers wait: its statements end sooner. */
  readonly batchDb: Db;
  /** Commits without waiting for the disk. Only for writes that a database crash may undo without harm. */
  readonly asyncCommitDb: Db;
  /** Whether the database can take more work: the embedded one needs free disk space. */
  readonly hasRoom: () => boolean;
  /** Current load of the connections. */
  readonly use: () => DatabaseUse;
  /** Lock on the data directory of the embedded database; null on PostgreSQL. */
  readonly lock: DataDirLock | null;
  /** How pg-boss reaches the same database. */
  readonly bossOptions: ConstructorOptions;
  /**
   * Calls `onPayload` for every notification on the channel. Notifications sent while the connection is down are lost, so
   * `onConnect` is called after every (re)connection. Returns a function that stops listening.
   */
  listen(channel: string, onPayload: (payload: string) => void, onConnect: () => void): Promise<() => Promise<void>>;
}

interface DatabaseUse {
  /** Limit of open connections. */
  readonly connections: number;
  /** Statements and transactions that run or wait for a connection. */
  readonly underWay: number;
}

export interface ConnectOptions {
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database; absent keeps it in memory. */
  readonly dataDir?: string | undefined;
  /** Connections of the pool on PostgreSQL. */
  readonly poolSize?: number;
  /** How long a migration on PostgreSQL waits for the processes that use the schema. */
  readonly schemaWaitMs?: number;
  /** Whether to open a PostgreSQL into which a move is not finished. */
  readonly endsMove?: boolean;
  /** Free disk space below which the embedded database takes no more work. */
  readonly diskMarginBytes?: number;
  /** Free space without which an embedded database does not start. */
  readonly startMarginBytes?: number;
  /** Time limits of calls to PostgreSQL; the usual ones when absent. */
  readonly timeouts?: Partial<DatabaseTimeouts>;
  /** Called when a session that held locks was ended on PostgreSQL, because its process is silent in the middle of a statement. */
  readonly onStalled?: (process: string) => void;
  /** Called with the text of every statement that is sent. */
  readonly onStatement?: (statement: string) => void;
}
