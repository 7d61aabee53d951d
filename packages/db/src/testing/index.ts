export { audit, type Audit, type Life, readLives, unfinished, unknownIds } from "./audit.ts";
export {
  createEmptyDatabase,
  createTestDatabase,
  describeDatabases,
  type DatabaseKind,
  type TestDatabase,
} from "./databases.ts";
export { startPostgres, type PostgresServer } from "./postgres-server.ts";
export { closeAttempt, insertExecution, openAttempt, settleExecution, startExecution } from "./single-execution.ts";
export { freePort } from "./free-port.ts";
