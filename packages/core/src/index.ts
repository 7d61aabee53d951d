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
export { type Engine, type EngineOptions, startEngine } from "./execution/engine.ts";
export type { AttemptEnding, Observer } from "./execution/observer.ts";
export { DeliveryAttempt, Execution, ExecutionStatus, ExecutionSummary, Progress } from "./execution/execution.ts";
export { type ExecutionCallback, executionCallback } from "./execution/execution-callback.ts";
export type { ExecutionResult } from "./execution/execution-result.ts";

export { type Market, type PriceTable } from "./market.ts";
export { storedMarket } from "./prices/stored-market.ts";
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
