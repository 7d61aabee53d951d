import type { Execution } from "@strategy-executor/client";
import { EndedBadlyError } from "../../connection/failure.ts";
import type { Connection } from "../../connection/session.ts";
import { startProgressBar } from "../../terminal/progress-bar.ts";
import { remark, type Terminal } from "../../terminal/terminal.ts";

/**
 * Follows an execution to its end with a progress bar. Stopping the command does not stop the execution; a message says
 * how to go on.
 */
export async function follow(terminal: Terminal, { client }: Connection, execution_id: number): Promise<void> {
  using bar = startProgressBar(terminal, `Execution ${execution_id}`);
  try {
    for await (const update of client.executions.watch(execution_id, { signal: terminal.signal })) {
      if (update.kind === "progress") bar.update(update.progress.fraction, update.progress.phase);
    }
  } catch (error) {
    if (terminal.signal.aborted)
      remark(terminal, `Execution ${execution_id} goes on: strategy-executor watch ${execution_id}`);
    throw error;
  }
}

/** @throws EndedBadlyError with its message when an execution has ended without a result */
export function ensureCompleted({
  execution_id,
  status,
  error_message,
}: Pick<Execution, "execution_id" | "status" | "error_message">): void {
  if (status === "failed" || status === "cancelled")
    throw new EndedBadlyError(error_message ?? `Execution ${execution_id} is ${status}`);
}
