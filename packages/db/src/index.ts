export * from "./access/api-keys.ts";
export * from "./access/sessions.ts";
export { bossStatements, type JobInsertion, readJobInsertion } from "./queue/boss-statements.ts";
export type { ConnectOptions, Database, Db } from "./connection/database.ts";
export { notify } from "./connection/notify.ts";
export { connectDatabase } from "./connection/connect.ts";
export { firstFeedEpoch } from "./migration/feed-epoch.ts";
export { NewerSchemaError, SchemaInUseError } from "./migration/schema-errors.ts";
export {
  DataDirInUseError,
  dataDirHolder,
  lockDataDir,
  type DataDirLock,
  type HolderEndpoint,
  type LockHolder,
} from "./embedded/data-dir-lock.ts";
export { EmbeddedDatabaseError } from "./embedded/embedded-database-error.ts";
export * from "./queue/concurrency-limits.ts";
export * from "./callbacks/deliveries.ts";
export * from "./executions/activity.ts";
export * from "./executions/attempts.ts";
export { countExecutions } from "./executions/count-executions.ts";
export * from "./callbacks/callback-content.ts";
export { type CallbackState, type ExecutionFilter, type Matches, maxExamined } from "./executions/execution-filter.ts";
export * from "./executions/executions.ts";
export * from "./executions/idempotency-keys.ts";
export * from "./callbacks/interrupted-attempts.ts";
export * from "./executions/accept-executions.ts";
export * from "./executions/start-executions.ts";
export * from "./executions/end-executions.ts";
export type { ExecutionCallback, PendingCallback } from "./callbacks/execution-callback.ts";
export * from "./queue/jobs.ts";
export * from "./queue/queue-depth.ts";
export * from "./workers/interruptions.ts";
export * from "./workers/workers.ts";
export * from "./exchanges/exchange-days.ts";
export * from "./schedules/fires.ts";
export * from "./schedules/run-feed.ts";
export * from "./schedules/runs.ts";
export * from "./schedules/schedules.ts";
export { anybody, type Owner } from "./access/owner.ts";
export * from "./prices/data-series.ts";
export * from "./prices/price-imports.ts";
export * from "./prices/price-requests.ts";
export * from "./prices/prices.ts";
export * from "./executions/retention.ts";
export * from "./callbacks/receiver-reports.ts";
export * from "./callbacks/signing-secrets.ts";
export * from "./sweeps/sweeps.ts";
export { createRateLimiter, type RateLimiter, type RateUse } from "./access/rate-limiter.ts";
export * from "./executions/events.ts";
export { isLockTimeout, isUnavailable, reasonOf } from "./connection/unavailable.ts";
export { type CopiedTable, type CopyOptions, copyDatabase, endMove } from "./move/copy-database.ts";
export { MoveError, UnfinishedMoveError } from "./move/move-errors.ts";
