import type { DeliveryOutcome } from "@strategy-executor/callback";

/** How an attempt ended. After `returned`, `interrupted` and `overtaken` another attempt ends the execution. */
export type AttemptEnding = "completed" | "failed" | "cancelled" | "returned" | "interrupted" | "overtaken";

interface ObservedAttempt {
  readonly id: number;
  readonly strategy: string;
  readonly attempt: number;
  /** Time from acceptance to the start of this attempt. */
  readonly waitedMs: number;
  /** The `traceparent` of the request. */
  readonly traceParent: string | null;
}

interface ObservedDelivery {
  readonly executionId: number;
  /** 1, 2, 3 ... within the callback. */
  readonly attempt: number;
  readonly traceParent: string | null;
}

/**
 * Receives the progress of executions in this process, for metrics and traces. Every call is on the path of an execution, so
 * an observer returns at once and never throws.
 */
export interface Observer {
  /** An execution was accepted. */
  accepted(): void;
  /** An execution that had not ended was cancelled. */
  cancelled(): void;
  /** A schedule has fired, this many milliseconds late. */
  fired(lateMs: number): void;
  /** A fire was missed and will not be caught up. */
  fireMissed(): void;
  /** An attempt begins. The returned function is called when it ends. */
  attempt(attempt: ObservedAttempt): (ending: AttemptEnding) => void;
  /** A delivery attempt begins. */
  delivery(delivery: ObservedDelivery): {
    /** Headers for the request. */
    readonly headers: Readonly<Record<string, string>>;
    ended(outcome: DeliveryOutcome): void;
  };
}

/** Ignores everything. */
export const noopObserver: Observer = {
  accepted() {},
  cancelled() {},
  fired() {},
  fireMissed() {},
  attempt: () => () => undefined,
  delivery: () => ({ headers: {}, ended() {} }),
};
