import type { AppRouter, FeedUpdate } from "@strategy-executor/server/router";
import { createTRPCClient } from "@trpc/client";
import type { Execution, ExecutionUpdate } from "@strategy-executor/core";
import { abortable } from "./call.ts";
import { execute, executeAndWait, type ExecuteAndWaitOptions, type ExecuteOptions } from "./execute-and-wait.ts";
import { type ClientOptions, toLinks } from "./trpc-links.ts";
import type { ParametersOf, ResultOf, StrategyName } from "./strategies.ts";
import { createSweeps, type Sweeps } from "./sweeps.ts";
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
    /** Sends the callback of an ended execution again, under the same id. */
    redeliver(execution_id: number, options?: CallOptions): Promise<Execution>;
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
     * Follows all executions from now, or after the cursor `after`: every event once, in order within an execution. Events from
     * just before may come first, if an open transaction held them back. A `start` that comes later means that the
     * service's history was replaced, as by a restore: read the list again. Reconnects and resumes until the signal aborts;
     * then it throws the signal's reason.
     */
    watchAll(
      filter?: Pick<Inputs["watchExecutions"], "status" | "strategy" | "after">,
      options?: CallOptions,
    ): AsyncGenerator<FeedUpdate, void, undefined>;
  };
  readonly sweeps: Sweeps;
  readonly callbacks: {
    /** Sends many callbacks again: those named, or all that match; with `dry_run` it only counts them. */
    redeliver(filter: Inputs["redeliverCallbacks"], options?: CallOptions): Promise<Outputs["redeliverCallbacks"]>;
    /** Recent receivers of callbacks, those that are left alone for a while first. */
    receivers(options?: CallOptions): Promise<Outputs["listReceivers"]["receivers"]>;
  };
  /** The secrets that sign your callbacks. */
  readonly secrets: {
    list(options?: CallOptions): Promise<Outputs["listSigningSecrets"]["secrets"]>;
    /** A secret that signs from now on. Its value is shown only here. */
    create(secret?: Inputs["createSigningSecret"], options?: CallOptions): Promise<Outputs["createSigningSecret"]>;
    /** A secret that replaces the others of its version, which sign for some hours more. */
    rotate(secret?: Inputs["rotateSigningSecret"], options?: CallOptions): Promise<Outputs["rotateSigningSecret"]>;
    /** Ends a secret at once. */
    end(secret_id: string, options?: CallOptions): Promise<Outputs["endSigningSecret"]>;
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
      list: async (call) => (await abortable(procedures.listStrategies.query({}, call), call)).strategies,
      get: (name, call) => abortable(procedures.getStrategy.query({ name }, call), call),
    },
    executions: {
      list: (filter = {}, call) => abortable(procedures.listExecutions.query(filter, call), call),
      get: (execution_id, call) => abortable(procedures.getExecution.query({ execution_id }, call), call),
      cancel: (execution_id, call) => abortable(procedures.cancelExecution.mutate({ execution_id }, call), call),
      redeliver: (execution_id, call) => abortable(procedures.redeliverCallback.mutate({ execution_id }, call), call),
      series: (execution_id, call) => abortable(procedures.getSeries.query({ execution_id }, call), call),
      deliveryAttempts: (execution_id, page, call) =>
        abortable(procedures.listDeliveryAttempts.query({ execution_id, ...page }, call), call),
      watch: (execution_id, watching = {}) => watchExecution(procedures, execution_id, watching),
      watchAll: (filter = {}, call = {}) => watchExecutions(procedures, filter, call),
    },
    sweeps: createSweeps(procedures),
    callbacks: {
      redeliver: (filter, call) => abortable(procedures.redeliverCallbacks.mutate(filter, call), call),
      receivers: async (call) => (await abortable(procedures.listReceivers.query({}, call), call)).receivers,
    },
    secrets: {
      list: async (call) => (await abortable(procedures.listSigningSecrets.query({}, call), call)).secrets,
      create: (secret = {}, call) => abortable(procedures.createSigningSecret.mutate(secret, call), call),
      rotate: (secret = {}, call) => abortable(procedures.rotateSigningSecret.mutate(secret, call), call),
      end: (secret_id, call) => abortable(procedures.endSigningSecret.mutate({ secret_id }, call), call),
    },
    prices: {
      list: async (call) => (await abortable(procedures.listPrices.query({}, call), call)).prices,
      import: (file, call) => abortable(procedures.importPrices.mutate(file, call), call),
    },
    procedures,
  };
}
