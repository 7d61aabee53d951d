import type { Job } from "pg-boss";

export const queueNames = ["executions", "sweeps", "callbacks"] as const;
export type QueueName = (typeof queueNames)[number];

/** What the queues carry: the execution to run, to do a step of, or to deliver the callback of. */
export interface JobData {
  readonly execution_id: number;
  /** Of a callback that somebody wants to have sent again: whether it waits for nothing, or for its receiver like any other. */
  readonly redelivery?: Redelivery;
  /** Of a sweep. */
  readonly step?: number;
  /** As in the queue, which gives out the most urgent jobs, but in no order among those it gives out together. */
  readonly priority?: number;
}

export type Redelivery = "at once" | "in turn";

/** A job that this process has taken. It names the take: what another one took over is not touched by it. */
export type TakenJob = Job<JobData>;

export interface NewJob {
  readonly executionId: number;
  /** Of a sweep. */
  readonly step?: number;
  /** To take the job back by, before it is due. */
  readonly id?: string;
  /** The higher, the sooner. */
  readonly priority?: number;
  /** How long it is not given out. */
  readonly delayMs?: number;
  /** Bounds how many of its jobs run at once. */
  readonly group?: string;
  readonly redelivery?: Redelivery;
}
