import { hostname } from "node:os";

/** Begins the names of all processes in `pg_stat_activity`. */
export const applicationPrefix = "strategy-executor ";

/** The name of this process there, unless the URL of the database gives another one. PostgreSQL allows no longer names. */
export const applicationName = `${applicationPrefix}${hostname()}/${process.pid}`.slice(0, 63);

/**
 * Settings of every session, on both databases. A statement prepared while a table is nearly empty would use sequential scans
 * until the next analyze. JIT would compile the large statements, which look expensive without sequential scans, for longer
 * than they run.
 */
export const sessionSettings = { enable_seqscan: "off", jit: "off" } as const;

/** Time limits of calls to PostgreSQL, in milliseconds. The embedded database has none: no network lies between. */
export interface DatabaseTimeouts {
  /** For a statement. */
  readonly statementMs: number;
  /** For a statement that many callers wait for: a batch of writes, or fetching jobs. */
  readonly sharedStatementMs: number;
  /**
   * For a session with an idle open transaction, because its process is frozen or cut off. Others wait that
   * long for its locks.
   */
  readonly idleInTransactionMs: number;
  /** For the wait for a lock. Longer than the limit of an idle transaction, so that its locks become free meanwhile. */
  readonly lockMs: number;
  /** How much longer than for a statement this process waits for the answer, before it gives up the connection. */
  readonly answerGraceMs: number;
  /** How often the connection for notifications is tried: nothing else would show that its packets are lost. */
  readonly heartbeatMs: number;
}

export const defaultTimeouts: DatabaseTimeouts = {
  statementMs: 30_000,
  sharedStatementMs: 10_000,
  idleInTransactionMs: 5_000,
  lockMs: 8_000,
  answerGraceMs: 2_000,
  heartbeatMs: 5_000,
};

/** The session settings for these limits. PostgreSQL takes numbers without a unit as milliseconds. */
export function timeoutSettings({ idleInTransactionMs, lockMs }: DatabaseTimeouts, statementMs: number) {
  return {
    statement_timeout: statementMs,
    lock_timeout: Math.min(lockMs, statementMs),
    idle_in_transaction_session_timeout: idleInTransactionMs,
  };
}

/**
 * The option of our patch of postgres.js that makes every new connection set these first. Poolers such as PgBouncer refuse most
 * settings as startup parameters.
 */
export function setOnConnect(settings: Readonly<Record<string, string | number>>): {
  readonly session_settings: string;
} {
  return { session_settings: toSetStatements(settings) };
}

/** The statements that set these. The names and values are our own. */
export function toSetStatements(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join("; ");
}
