import type { ExecutionUpdate } from "@strategy-executor/core";
import { abortable, newIdempotencyKey } from "./call.ts";
import { ExecutionFailedError } from "./execution-failed-error.ts";
import { retryUntilReachable } from "./trpc-links.ts";
import type { ParametersOf, ResultOf, StrategyName } from "./strategies.ts";
import type { CallOptions, Inputs, Outputs, Procedures } from "./types.ts";
import { watchExecution } from "./watch.ts";

/** All that a submission says besides the strategy and its parameters, such as `callback_url` and `label`. */
export interface ExecuteOptions extends CallOptions, Omit<Inputs["executeStrategy"], "strategy_name" | "parameters"> {}

export interface ExecuteAndWaitOptions extends ExecuteOptions {
  /** Called with every event and with progress. */
  readonly onUpdate?: (update: ExecutionUpdate) => void;
}

/** Submits an execution. */
export function execute<const Name extends StrategyName>(
  procedures: Procedures,
  strategy_name: Name,
  parameters: ParametersOf<Name> | undefined,
  { signal, ...submission }: ExecuteOptions,
): Promise<Outputs["executeStrategy"]> {
  const call = { ...(signal !== undefined && { signal }) };
  const given = parameters as Record<string, unknown> | undefined;
  const input = { idempotency_key: newIdempotencyKey(), ...submission, strategy_name, parameters: given };
  return abortable(procedures.executeStrategy.mutate(input, call), call);
}

/** Submits an execution, follows it to its end and returns its result. */
export async function executeAndWait<const Name extends StrategyName>(
  procedures: Procedures,
  strategy: Name,
  parameters: ParametersOf<Name> | undefined,
  { onUpdate, ...options }: ExecuteAndWaitOptions,
): Promise<ResultOf<Name>> {
  const { signal } = options;
  const call = { ...(signal !== undefined && { signal }) };
  const { execution_id } = await execute(procedures, strategy, parameters, options);
  for await (const update of watchExecution(procedures, execution_id, call)) onUpdate?.(update);
  const persistent = { ...call, context: retryUntilReachable };
  const execution = await abortable(procedures.getExecution.query({ execution_id }, persistent), call);
  if (execution.status !== "completed") throw new ExecutionFailedError(execution);
  return execution.result as ResultOf<Name>;
}
