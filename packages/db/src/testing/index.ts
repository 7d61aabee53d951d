export { audit, type Audit, type Life, readLives, unfinished, unknownIds } from "./audit.ts";
export {
  createEmptyDatabase,
  createTestDatabase,
  describeDatabases,
  type DatabaseKind,
  type TestDatabase,
} from "./databases.ts";
export { countExecutions, countLockSessions, idleLockHolders } from "./lock-holders.ts";
export { activeJobLimits, queueLimit, setQueueLimit } from "./queue-limits.ts";
export { startPostgres, type PostgresServer } from "./postgres-server.ts";
export { closeAttempt, insertExecution, openAttempt, settleExecution, startExecution } from "./single-execution.ts";
export { startSwallowingProxy, type SwallowingProxy } from "./swallowing-proxy.ts";
export { hasPgbouncer, type Pgbouncer, startPgbouncer } from "./pgbouncer.ts";
export { debianPostgres } from "./debian-postgres.ts";
export { fillAsRecorded, recorded, recordedMigrations } from "./upgrade.ts";
export { freePort } from "./free-port.ts";
