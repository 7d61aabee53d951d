export { DomainError, type ErrorCode, type FieldError } from "./errors.ts";
export type { Log } from "./log.ts";
export {
  type AnyOperation,
  type Client,
  type Ctx,
  localClient,
  type Operation,
  orUnavailable,
  type Scope,
  scopes,
  toInvalid,
} from "./operation.ts";
export * from "./operations/index.ts";
export { type Engine, type EngineOptions, startEngine } from "./execution/engine.ts";
export { DeliveryAttempt, Execution, ExecutionStatus, ExecutionSummary, Progress } from "./execution/execution.ts";
export { type ExecutionCallback, executionCallback, sweepCallback } from "./execution/execution-callback.ts";
export type { ExecutionResult } from "./execution/execution-result.ts";

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
