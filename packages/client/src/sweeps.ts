import type { ExecutionUpdate, Sweep } from "@strategy-executor/core";
import { abortable, newIdempotencyKey } from "./call.ts";
import { ExecutionFailedError } from "./execution-failed-error.ts";
import { retryUntilReachable } from "./trpc-links.ts";
import type { CallOptions, Inputs, Outputs, Procedures } from "./types.ts";
import { watchExecution } from "./watch.ts";

export interface SweepAndWaitOptions extends CallOptions {
  /** Called with every event and with progress. */
  readonly onUpdate?: (update: ExecutionUpdate) => void;
}

/** Sweeps: one strategy over a grid of parameters. Their numbers are those of executions, and so is following them. */
export interface Sweeps {
  /** Submits a sweep and returns at once. */
  submit(sweep: Inputs["submitSweep"], options?: CallOptions): Promise<Outputs["submitSweep"]>;
  /**
   * Submits a sweep, follows it live and resolves with its result. The signal ends the waiting, not the sweep.
   * @throws ExecutionFailedError when the sweep fails or is cancelled
   */
  submitAndWait(sweep: Inputs["submitSweep"], options?: SweepAndWaitOptions): Promise<Sweep>;
  /** A page of sweeps, newest first. */
  list(page?: Inputs["listSweeps"], options?: CallOptions): Promise<Outputs["listSweeps"]>;
  get(execution_id: number, options?: CallOptions): Promise<Sweep>;
  cancel(execution_id: number, options?: CallOptions): Promise<Sweep>;
  /** A page of the table of all combinations. */
  table(
    execution_id: number,
    page?: Omit<Inputs["getSweepTable"], "execution_id">,
    options?: CallOptions,
  ): Promise<Outputs["getSweepTable"]>;
}

export function createSweeps(procedures: Procedures): Sweeps {
  const submit: Sweeps["submit"] = (sweep, call) =>
    abortable(procedures.submitSweep.mutate({ idempotency_key: newIdempotencyKey(), ...sweep }, call), call);
  return {
    submit,
    async submitAndWait(sweep, { onUpdate, ...call } = {}) {
      const { execution_id } = await submit(sweep, call);
      for await (const update of watchExecution(procedures, execution_id, call)) onUpdate?.(update);
      const persistent = { ...call, context: retryUntilReachable };
      const ended = await abortable(procedures.getSweep.query({ execution_id }, persistent), call);
      if (ended.status === "completed") return ended;
      throw new ExecutionFailedError(
        await abortable(procedures.getExecution.query({ execution_id }, persistent), call),
      );
    },
    list: (page = {}, call) => abortable(procedures.listSweeps.query(page, call), call),
    get: (execution_id, call) => abortable(procedures.getSweep.query({ execution_id }, call), call),
    cancel: (execution_id, call) => abortable(procedures.cancelSweep.mutate({ execution_id }, call), call),
    table: (execution_id, page, call) =>
      abortable(procedures.getSweepTable.query({ execution_id, ...page }, call), call),
  };
}
