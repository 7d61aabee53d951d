import type { ExecutionUpdate } from "@strategy-executor/core";
import { ExecutionFailedError } from "./execution-failed-error.ts";
import { retryUntilReachable } from "./trpc-links.ts";
import type { ParametersOf, ResultOf, StrategyName } from "./strategies.ts";
import type { CallOptions, Outputs, Procedures } from "./types.ts";
import { watchExecution } from "./watch.ts";

export interface ExecuteOptions extends CallOptions {
  /** The result is POSTed to this address when the execution ends. */
  readonly callback_url?: string;
}

export interface ExecuteAndWaitOptions extends ExecuteOptions {
  /** Called with every event and with progress. */
  readonly onUpdate?: (update: ExecutionUpdate) => void;
}

/** Submits an execution. */
export function execute<const Name extends StrategyName>(
  procedures: Procedures,
  strategy_name: Name,
  parameters: ParametersOf<Name> | undefined,
  { callback_url, ...options }: ExecuteOptions,
): Promise<Outputs["executeStrategy"]> {
  return procedures.executeStrategy.mutate(
    { strategy_name, parameters: parameters as Record<string, unknown> | undefined, callback_url },
    options,
  );
}

/** Submits an execution, follows it to its end and returns its result. */
export async function executeAndWait<const Name extends StrategyName>(
  procedures: Procedures,
  strategy: Name,
  parameters: ParametersOf<Name> | undefined,
  { onUpdate, ...options }: ExecuteAndWaitOptions,
): Promise<ResultOf<Name>> {
  const { callback_url: _, ...call } = options;
  try {
    const { execution_id } = await execute(procedures, strategy, parameters, options);
    for await (const update of watchExecution(procedures, execution_id, call)) onUpdate?.(update);
    const execution = await procedures.getExecution.query({ execution_id }, { ...call, context: retryUntilReachable });
    if (execution.status !== "completed") throw new ExecutionFailedError(execution);
    return execution.result as ResultOf<Name>;
  } catch (error) {
    call.signal?.throwIfAborted();
    throw error;
  }
}
