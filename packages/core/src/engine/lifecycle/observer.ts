import type { DeliveryOutcome } from "@strategy-executor/callback";

/** How an attempt ended. The last two write nothing: another one ends the execution. */
export type AttemptEnding = "completed" | "failed" | "cancelled" | "interrupted" | "overtaken";

interface ObservedAttempt {
  readonly id: number;
  readonly strategy: string;
  readonly attempt: number;
  /** From acceptance to the attempt. */
  readonly waitedMs: number;
  /** Where the trace of the request goes on. */
  readonly traceParent: string | null;
}

interface ObservedDelivery {
  readonly executionId: number;
  /** 1, 2, 3 ... within the callback. */
  readonly attempt: number;
  readonly traceParent: string | null;
}

/**
 * Hears what becomes of executions in this process, for metrics and traces. Every call is on the path of an execution: it
 * takes no time, waits for nothing and never throws.
 */
export interface Observer {
  /** An execution was accepted. */
  accepted(): void;
  /** One that had not ended was cancelled. */
  cancelled(): void;
  /** An attempt begins. Answers with what hears how it ended. */
  attempt(attempt: ObservedAttempt): (ending: AttemptEnding) => void;
  /** A delivery attempt begins. */
  delivery(delivery: ObservedDelivery): {
    /** What the request is to carry. */
    readonly headers: Readonly<Record<string, string>>;
    ended(outcome: DeliveryOutcome): void;
  };
}

/** Hears nothing. */
export const nobody: Observer = {
  accepted() {},
  cancelled() {},
  attempt: () => () => undefined,
  delivery: () => ({ headers: {}, ended() {} }),
};
