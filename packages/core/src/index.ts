export { DomainError, type ErrorCode, type FieldError } from "./errors.ts";
export type { Log } from "./log.ts";
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
} from "./operation.ts";
export * from "./operations/index.ts";
export { mostCallbackAttempts } from "./operations/execute-strategy.ts";
export { type Engine, type EngineOptions, startEngine } from "./execution/engine.ts";
export type { AttemptEnding, Observer } from "./execution/observer.ts";
export { DeliveryAttempt, Execution, ExecutionStatus, ExecutionSummary, Progress } from "./execution/execution.ts";
export { type ExecutionCallback, executionCallback, sweepCallback } from "./execution/execution-callback.ts";
export type { ExecutionResult } from "./execution/execution-result.ts";

export { type CreatedSigningSecret, createSigningSecrets, type SigningSecrets } from "./signing/signing-secrets.ts";
export { startSignals } from "./live/signals.ts";
export { noSigningSecret } from "./operations/end-signing-secret.ts";
export { openSecretBox } from "./signing/secrets-key.ts";
export { parseSecretsKey, type SecretBox, UnreadableSecretsError } from "./signing/secret-box.ts";
export { CircuitState, ReceiverState } from "./operations/list-receivers.ts";
export { NewSigningSecret, SignatureVersion, SigningSecret } from "./operations/signing-secret.ts";
export { Sweep, type SweepSummary } from "./execution/sweep.ts";
export { SweepReport } from "./sweep/index.ts";
export { sweepTableCsv } from "./operations/get-sweep-table.ts";
export { type Market, type PriceTable } from "./market.ts";
export { storedMarket } from "./prices/stored-market.ts";
export { runStrategy } from "./run-strategy.ts";
export { loadRegistry, type Registry } from "./registry.ts";
export { boldAssetAllocation, builtInStrategies, movingAverageCrossover } from "./strategies/index.ts";
export { linkedDeliveryAttempts, linkedExecutionPages, linkedExecutions, linkedSeries } from "./operations/links.ts";
export { type Page, type PageRequest, parsePage } from "./operations/page.ts";
export { StrategyDescription, toStrategyDescription } from "./operations/strategy-description.ts";
export { HeldPrices, ImportedPrices, PriceImportReport } from "./prices/schemas.ts";
export * from "./authoring.ts";
export { ExecutionEvent } from "./live/execution-event.ts";
export { type ExecutionUpdate, WatchExecution, watchExecution } from "./live/watch-execution.ts";
export { type FeedEvent, feedCursor, WatchExecutions, watchExecutions } from "./live/watch-executions.ts";
export { Result, Series } from "./result.ts";
