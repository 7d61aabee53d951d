import type { Db } from "../connection/database.ts";
import { type ClosedAttempt, closeAttempts, type OpenedAttempt, openAttempts } from "../callbacks/deliveries.ts";
import {
  insertExecutions,
  type NewExecution,
  type Outcome,
  type SettledExecution,
  settleExecutions,
  type StartedExecution,
  startExecutions,
} from "../executions/lifecycle.ts";

/*
 * The statements over many executions, for one.
 */

export async function insertExecution(db: Db, execution: NewExecution): Promise<number> {
  const [inserted] = await insertExecutions(db, [execution]);
  return inserted!.id;
}

export async function startExecution(db: Db, id: number): Promise<StartedExecution | null> {
  const [started] = await startExecutions(db, [id]);
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

/** False when the attempt was closed before. */
export async function closeAttempt(
  db: Db,
  executionId: number,
  attemptId: number,
  answer: Omit<ClosedAttempt, "executionId" | "attemptId" | "retryAfterMs">,
): Promise<boolean> {
  return (await closeAttempts(db, [{ executionId, attemptId, ...answer, retryAfterMs: null }])).length > 0;
}
