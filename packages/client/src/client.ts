import type { AppRouter, FeedUpdate } from "@strategy-executor/server/router";
import { createTRPCClient } from "@trpc/client";
import type { Execution, ExecutionUpdate } from "@strategy-executor/core";
import { execute, executeAndWait, type ExecuteAndWaitOptions, type ExecuteOptions } from "./execute-and-wait.ts";
import { type ClientOptions, toLinks } from "./trpc-links.ts";
import type { ParametersOf, ResultOf, StrategyName } from "./strategies.ts";
import type { CallOptions, Inputs, Outputs, Procedures } from "./types.ts";
import { watchExecution, watchExecutions, type WatchOptions } from "./watch.ts";

/** A client of the service. Field names are those of the wire. */
export interface Client {
  /** Submits an execution and returns at once. Invalid parameters fail the execution, not the call. */
  execute<const Name extends StrategyName>(
    strategy: Name,
    parameters?: ParametersOf<Name>,
    options?: ExecuteOptions,
  ): Promise<Outputs["executeStrategy"]>;
  /**
   * Submits an execution, follows it live and resolves with its result. Survives lost connections and restarts of the
   * service. The signal ends the waiting, not the execution.
   * @throws ExecutionFailedError with the strategy's error message when the execution fails or is cancelled
   */
  executeAndWait<const Name extends StrategyName>(
    strategy: Name,
    parameters?: ParametersOf<Name>,
    options?: ExecuteAndWaitOptions,
  ): Promise<ResultOf<Name>>;
  readonly strategies: {
    /** The strategy catalogue. */
    list(options?: CallOptions): Promise<Outputs["listStrategies"]["strategies"]>;
    get(name: StrategyName, options?: CallOptions): Promise<Outputs["getStrategy"]>;
  };
  readonly executions: {
    /** A page of executions, newest first. */
    list(filter?: Inputs["listExecutions"], options?: CallOptions): Promise<Outputs["listExecutions"]>;
    get(execution_id: number, options?: CallOptions): Promise<Execution>;
    cancel(execution_id: number, options?: CallOptions): Promise<Execution>;
    /** The long arrays of a completed execution. */
    series(execution_id: number, options?: CallOptions): Promise<Outputs["getSeries"]>;
    /** A page of the attempts to deliver its callback, newest first. */
    deliveryAttempts(
      execution_id: number,
      page?: Omit<Inputs["listDeliveryAttempts"], "execution_id">,
      options?: CallOptions,
    ): Promise<Outputs["listDeliveryAttempts"]>;
    /**
     * Follows an execution to its end: every event once and in order, with progress in between. Reconnects and resumes
     * until the signal aborts; then it throws the signal's reason.
     */
    watch(execution_id: number, options?: WatchOptions): AsyncGenerator<ExecutionUpdate, void, undefined>;
    /**
     * Follows all executions from now, or after the cursor `after`: every event once, in order within an execution. A `start`
     * that comes later means that the service's history was replaced, as by a restore: read the list again.
     * Reconnects and resumes until the signal aborts; then it throws the signal's reason.
     */
    watchAll(
      filter?: Pick<Inputs["watchExecutions"], "status" | "strategy" | "after">,
      options?: CallOptions,
    ): AsyncGenerator<FeedUpdate, void, undefined>;
  };
  readonly prices: {
    /** The tickers with stored prices. */
    list(options?: CallOptions): Promise<Outputs["listPrices"]["prices"]>;
    /** Loads prices from CSV text of up to 1 MB. Use the REST API for larger files. */
    import(file: Inputs["importPrices"], options?: CallOptions): Promise<Outputs["importPrices"]>;
  };
  /** All procedures of the service. */
  readonly procedures: Procedures;
}

/** Creates a client of the service at `url`. Sends nothing before the first call. */
export function createClient(options: ClientOptions): Client {
  const procedures = createTRPCClient<AppRouter>({ links: toLinks(options) });
  return {
    execute: (strategy, parameters, call = {}) => execute(procedures, strategy, parameters, call),
    executeAndWait: (strategy, parameters, call = {}) => executeAndWait(procedures, strategy, parameters, call),
    strategies: {
      list: async (call) => (await procedures.listStrategies.query({}, call)).strategies,
      get: (name, call) => procedures.getStrategy.query({ name }, call),
    },
    executions: {
      list: (filter = {}, call) => procedures.listExecutions.query(filter, call),
      get: (execution_id, call) => procedures.getExecution.query({ execution_id }, call),
      cancel: (execution_id, call) => procedures.cancelExecution.mutate({ execution_id }, call),
      series: (execution_id, call) => procedures.getSeries.query({ execution_id }, call),
      deliveryAttempts: (execution_id, page, call) =>
        procedures.listDeliveryAttempts.query({ execution_id, ...page }, call),
      watch: (execution_id, watching = {}) => watchExecution(procedures, execution_id, watching),
      watchAll: (filter = {}, call = {}) => watchExecutions(procedures, filter, call),
    },
    prices: {
      list: async (call) => (await procedures.listPrices.query({}, call)).prices,
      import: (file, call) => procedures.importPrices.mutate(file, call),
    },
    procedures,
  };
}
