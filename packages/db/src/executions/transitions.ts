import { type SQL, sql } from "drizzle-orm";
import type { ExecutionStatus, TerminalStatus } from "./status.ts";

/*
 * All status changes of an execution are statements in this folder and in `sweeps/`. Each statement handles many executions,
 * writes their events too, and skips executions for which the transition is not allowed. It returns what it changed, so the
 * caller sees a lost race.
 */

/**
 * Source states and target state of each transition. An interrupted execution may start again before anybody has noticed the interruption.
 * A worker that was presumed dead may still end its attempt while no other one has begun.
 */
export const transitions = {
  start: { from: ["pending", "running"], to: "running" },
  interrupt: { from: ["running"], to: "pending" },
  complete: { from: ["pending", "running"], to: "completed" },
  fail: { from: ["pending", "running"], to: "failed" },
  cancel: { from: ["pending", "running"], to: "cancelled" },
} as const satisfies Record<string, { from: readonly ExecutionStatus[]; to: ExecutionStatus }>;

type Transition = keyof typeof transitions;

/**
 * SQL condition that an execution may make one of the transitions; all of them must have the same source states. Appending ''
 * keeps PostgreSQL from using the index on status: it holds an entry for every execution that ran since the last vacuum, so
 * looking up the ids is much cheaper.
 */
export function mayBecome(...names: readonly [Transition, ...Transition[]]): SQL {
  const states: readonly ActiveStatus[] = transitions[names[0]].from;
  return sql.raw(`executions.status || '' in (${states.map((state) => `'${state}'`).join(", ")})`);
}

type ActiveStatus = Exclude<ExecutionStatus, TerminalStatus>;

/** Assignments that every statement makes when it changes the status of an execution. */
export const nextEvent = sql`event_count = event_count + 1,
          event_transaction = greatest(event_transaction, pg_current_xact_id())`;
