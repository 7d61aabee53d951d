import type { Execution } from "@strategy-executor/core";

/** An execution that failed or was cancelled. The message is its `error_message`. */
export class ExecutionFailedError extends Error {
  override readonly name = "ExecutionFailedError";
  /** The final state: `status` is `failed` or `cancelled`. */
  readonly execution: Execution;

  constructor(execution: Execution) {
    super(execution.error_message ?? `Execution ${execution.execution_id} is ${execution.status}`);
    this.execution = execution;
  }
}
