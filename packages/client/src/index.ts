export { type Client, createClient } from "./client.ts";
export { ConnectionError } from "./connection-error.ts";
export type { ExecuteAndWaitOptions, ExecuteOptions } from "./execute-and-wait.ts";
export { ExecutionFailedError } from "./execution-failed-error.ts";
export type { ClientOptions } from "./trpc-links.ts";
export { isRefused, type Refused } from "./is-refused.ts";
export type { KnownStrategies, ParametersOf, ResultOf, StrategyName } from "./strategies.ts";
export type { SweepAndWaitOptions, Sweeps } from "./sweeps.ts";
export type { CallOptions, Inputs, Outputs, Procedures } from "./types.ts";
export type { WatchOptions } from "./watch.ts";
export type { FeedUpdate } from "@strategy-executor/server/router";
export type {
  Execution,
  ExecutionEvent,
  ExecutionResult,
  ExecutionSummary,
  ExecutionUpdate,
  Progress,
  Result,
  Series,
  Sweep,
  SweepReport,
  SweepSummary,
} from "@strategy-executor/core";
