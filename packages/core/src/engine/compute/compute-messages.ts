import type { MessagePort } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import type { ExecutionOutcome } from "../lifecycle/execution-outcome.ts";
import type { StrategySource } from "../registry/loader.ts";
import type { PricesRequest } from "./market-port.ts";
import type { ThreadState } from "./thread-state.ts";

/** What a thread returns for a task. */
export interface ComputedTask {
  readonly outcome: ExecutionOutcome;
  /** Measured in the thread, so a busy event loop does not add to it. */
  readonly ms: number;
}

export interface ComputeTask {
  readonly strategy: string;
  /** As the client sent them. */
  readonly parameters: Record<string, unknown>;
}

/** Data that a worker thread starts with. */
export interface ComputeWorkerData {
  /** The strategies that are not built in. */
  readonly sources: readonly StrategySource[];
}

/** A task with the number that identifies it in messages. */
export type NumberedTask = ComputeTask & { readonly number: number };

/**
 * Messages of a worker thread to its pool. `ready` comes first and hands over the port and the shared state for the thread's
 * lifetime, so that a short computation needs no further messages.
 */
export type FromThread =
  | { readonly kind: "ready"; readonly thread: number; readonly state: ThreadState; readonly port: MessagePort }
  | { readonly kind: "uncaught error"; readonly message: string };

/** Messages of a worker thread on its port while it computes. */
export type FromComputation =
  | PricesRequest
  | { readonly kind: "progress"; readonly number: number; readonly progress: Progress };
