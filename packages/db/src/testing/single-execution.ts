import type { Db } from "../connection/database.ts";
import { type ClosedAttempt, closeAttempts, type OpenedAttempt, openAttempts } from "../callbacks/deliveries.ts";
import { insertExecutions, type NewExecution } from "../executions/accept-executions.ts";
import { type Outcome, type SettledExecution, settleExecutions } from "../executions/end-executions.ts";
import { type StartedExecution, startExecutions } from "../executions/start-executions.ts";

/*
 * The statements over many executions, called for one execution.
 */

export async function insertExecution(db: Db, execution: NewExecution): Promise<number> {
  const [inserted] = await insertExecutions(db, [execution], null);
  return inserted!.id;
}

export async function startExecution(db: Db, id: number): Promise<StartedExecution | null> {
  const [started] = await startExecutions(db, [id], null);
  return started ?? null;
}

export async function settleExecution(
  db: Db,
  id: number,
  attempt: number,
  outcome: Outcome,
): Promise<SettledExecution | null> {
  const [settled] = await settleExecutions(db, [{ id, attempt, outcome, opensDelivery: false }]);
  return settled ?? null;
}

export async function openAttempt(db: Db, executionId: number): Promise<OpenedAttempt | null> {
  const [opened] = await openAttempts(db, [executionId]);
  return opened ?? null;
}

/** False when the attempt was already closed. */
export async function closeAttempt(
  db: Db,
  executionId: number,
  attemptId: number,
  answer: Omit<ClosedAttempt, "executionId" | "attemptId" | "retryAfterMs">,
): Promise<boolean> {
  return (await closeAttempts(db, [{ executionId, attemptId, ...answer, retryAfterMs: null }])).length > 0;
}
