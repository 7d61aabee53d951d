export * from "./api-keys.ts";
export { bossStatements, type JobInsertion, jobInsertion } from "./boss-statements.ts";
export { connectDatabase, notify, type ConnectOptions, type Database, type Db } from "./connect.ts";
export {
  DataDirInUseError,
  dataDirHolder,
  lockDataDir,
  type DataDirLock,
  type HolderDoor,
  type LockHolder,
} from "./data-dir-lock.ts";
export * from "./concurrency-limits.ts";
export * from "./deliveries.ts";
export * from "./executions.ts";
export * from "./idempotency-keys.ts";
export * from "./interrupted-attempts.ts";
export * from "./lifecycle.ts";
export * from "./jobs.ts";
export { anybody, type Owner } from "./owner.ts";
export * from "./price-imports.ts";
export * from "./prices.ts";
export * from "./retention.ts";
export * from "./receiver-reports.ts";
export * from "./signing-secrets.ts";
export * from "./sweeps.ts";
export { createRateLimiter, type RateLimiter, type RateUse } from "./rate-limiter.ts";
export * from "./events.ts";
export { isUnavailable, reasonOf } from "./unavailable.ts";
