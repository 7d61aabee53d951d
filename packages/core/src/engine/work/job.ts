import { type InsertedExecution, urgencyStep } from "@strategy-executor/db";
import type { Job } from "pg-boss";

export const queueNames = ["executions", "sweeps", "callbacks"] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * Names the execution to run, to do a step of, or to deliver the callback of. `insertExecutions` writes it in SQL, with the
 * priority.
 */
export interface JobData {
  readonly execution_id: number;
  /** Set on a redelivery: whether to send at once, or wait for the receiver like other callbacks. */
  readonly redelivery?: Redelivery;
  /** Step of a sweep. */
  readonly step?: number;
  /** The priority of the job, repeated because pg-boss returns the jobs of one fetch in no order. */
  readonly priority?: number;
}

export type Redelivery = "at once" | "in turn";

/** A job that this process has fetched. It identifies the fetch: if another process has fetched the job since, nothing is changed. */
export type TakenJob = Pick<Job<JobData>, "id" | "retryCount" | "data" | "groupId">;

export interface NewJob {
  readonly executionId: number;
  /** Step of a sweep. */
  readonly step?: number;
  /** Adding a second job with the same id does nothing. */
  readonly id?: string;
  /** Higher runs first. */
  readonly priority?: number;
  /** How long the job waits before it may be fetched. */
  readonly delayMs?: number;
  /** Jobs of one group are limited in how many run at once. */
  readonly group?: string;
  readonly redelivery?: Redelivery;
}

/**
 * The jobs of a sweep's chunks. Early steps of every sweep precede late steps of any, so a short sweep does not wait for a long one.
 */
export function toChunkJobs(executionId: number, chunks: number, urgency: number): NewJob[] {
  return Array.from({ length: chunks }, (_, step) => ({ executionId, step, priority: urgency * urgencyStep - step }));
}

/** The job of an execution that began when it was accepted. */
export function toTakenJob({ id, priority }: InsertedExecution, job: string): TakenJob {
  return { id: job, retryCount: 0, data: { execution_id: id, priority } };
}

/** The job to add in place of a fetched one. */
export function toNewJob({ id, groupId, data }: TakenJob): NewJob {
  return {
    executionId: data.execution_id,
    id,
    ...(data.step !== undefined && { step: data.step }),
    ...(data.redelivery !== undefined && { redelivery: data.redelivery }),
    ...(data.priority !== undefined && { priority: data.priority }),
    ...(typeof groupId === "string" && { group: groupId }),
  };
}
