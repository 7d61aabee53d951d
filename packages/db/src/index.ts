export { bossTransaction, connectDatabase, notify, type ConnectOptions, type Database, type Db } from "./connect.ts";
export { DataDirInUseError, dataDirHolder, lockDataDir, type DataDirLock, type LockHolder } from "./data-dir-lock.ts";
export * from "./deliveries.ts";
export * from "./executions.ts";
export * from "./jobs.ts";
export * from "./price-imports.ts";
export * from "./prices.ts";
export * from "./events.ts";
export { isUnavailable } from "./unavailable.ts";
