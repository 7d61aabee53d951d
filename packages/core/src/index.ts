export { DomainError, type ErrorCode, type FieldError } from "./common/domain-error.ts";
export type { Log } from "./common/log.ts";
export {
  type AnyOperation,
  type Client,
  type Ctx,
  ensureScope,
  localClient,
  type Operation,
  orUnavailable,
  type Scope,
  scopes,
  toInvalid,
} from "./operations/operation.ts";
export * from "./operations/index.ts";
export { type Engine, type EngineOptions, startEngine } from "./engine/engine.ts";
export type { Mail, Mailer, NotificationSettings } from "./engine/delivery/mailer.ts";
export { isAllowedRecipient, recipientOf } from "./notifications/mailto.ts";
export { notificationLanguages } from "./notifications/texts/texts.ts";
export type { AttemptEnding, Observer } from "./engine/lifecycle/observer.ts";
export {
  DeliveryAttempt,
  Execution,
  ExecutionKind,
  ExecutionStatus,
  ExecutionSummary,
  Progress,
} from "./engine/lifecycle/execution.ts";
export { type ExecutionCallback, executionCallback, sweepCallback } from "./engine/delivery/execution-callback.ts";
export { ExecutionResult, resultMismatch } from "./engine/lifecycle/execution-result.ts";

export {
  type CreatedSigningSecret,
  createSigningSecrets,
  type SigningSecrets,
} from "./engine/signing/signing-secrets.ts";
export { type Move, moveDatabase, type MoveReport } from "./engine/work/move-database.ts";
export { compareSettings } from "./engine/signals/settings-comparison.ts";
export { startSignals } from "./engine/signals/signals.ts";
export { signingSecretNotFound } from "./operations/signing-secrets/end-signing-secret.ts";
export { openSecretBox } from "./engine/signing/secrets-key.ts";
export { parseSecretsKey, type SecretBox, UnreadableSecretsError } from "./engine/signing/secret-box.ts";
export { CircuitState, ReceiverState } from "./operations/callbacks/list-receivers.ts";
export { NewSigningSecret, SignatureVersion, SigningSecret } from "./operations/signing-secrets/signing-secret.ts";
export { Sweep, SweepSummary } from "./engine/lifecycle/sweep.ts";
export { SweepReport } from "./sweep/index.ts";
export { AttemptStatus, ExecutionAttempt } from "./operations/executions/list-execution-attempts.ts";
export { QueueGroup, QueueName, QueuePriority, QueueTotal } from "./operations/service/get-queue.ts";
export { Worker, WorkerExecution, WorkerState } from "./operations/service/list-workers.ts";
export { ActivityCount, EndedCounts } from "./operations/service/get-activity.ts";
export type { ServiceInfo } from "./operations/service/service-info.ts";
export { ApiKey, ApiKeyScope, NewApiKeyAnswer } from "./operations/api-keys/api-key.ts";
export { clientName, hashApiKey, makeApiKey } from "./operations/api-keys/new-api-key.ts";
export { MissingPrices, ParameterProblem } from "./operations/strategies/check-parameters.ts";
export { CallbackState } from "./operations/executions/execution-filter.ts";
export { SeriesRange } from "./operations/executions/get-series.ts";
export { reportHtml } from "./operations/reports/get-report.ts";
export { type ReportLanguage, type Reports } from "./operations/reports/reports.ts";
export { seriesCsv } from "./operations/executions/get-series.ts";
export { linkedSweepTables, sweepTableCsv } from "./operations/sweeps/get-sweep-table.ts";
export { type Market, type PriceTable } from "./market/price-table.ts";
export { storedMarket } from "./prices/stored-market.ts";
export { runStrategy } from "./backtest/run-strategy.ts";
export { loadStrategies } from "./engine/registry/loader.ts";
export { strategyInstances } from "./engine/registry/strategy-instances.ts";
export { loadRegistry, type Registry } from "./engine/registry/registry.ts";
export * from "./strategies/index.ts";
export {
  linkedDeliveryAttempts,
  linkedExecutionAttempts,
  linkedExecutionPages,
  linkedExecutions,
  linkedSeries,
} from "./operations/executions/bulk-reads.ts";
export { type Page, type PageRequest, parsePage } from "./operations/page.ts";
export {
  linkedExecutionCounts,
  linkedRunCounts,
  maxCount,
  scheduleCount,
  toCountedFilter,
} from "./operations/counts.ts";
export {
  StrategyDescription,
  StrategyFamily,
  toStrategyDescription,
} from "./operations/strategies/strategy-description.ts";
export { linkedSchedules } from "./operations/schedules/linked-schedules.ts";
export { Schedule } from "./operations/schedules/schedule.ts";
export { ScheduleRun } from "./operations/schedules/schedule-run.ts";
export {
  runFeedCursor,
  type ScheduleRunUpdate,
  WatchScheduleRuns,
  watchScheduleRuns,
} from "./operations/schedules/watch-schedule-runs.ts";
export { PreviewedFire } from "./operations/schedules/preview-schedule.ts";
export { ExchangeDay } from "./operations/calendar/exchange-day.ts";
export { DataSeriesReport, HeldDataSeries } from "./prices/import-series.ts";
export { Exchange, HeldPrices, ImportedPrices, PriceImportReport, PriceWarning } from "./prices/schemas.ts";
export { RefreshedPrices } from "./prices/refresh/refreshed-prices.ts";
export * from "./strategy/authoring.ts";
export { ExecutionEvent } from "./engine/live/execution-event.ts";
export { type ExecutionUpdate, WatchExecution, watchExecution } from "./operations/executions/watch-execution.ts";
export {
  type FeedEvent,
  feedCursor,
  WatchExecutions,
  watchExecutions,
} from "./operations/executions/watch-executions.ts";
export { Result, Series } from "./backtest/result.ts";
