import type { MessagePort } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import type { PricesQuestion } from "./market-port.ts";
import type { ThreadState } from "./thread-state.ts";

/** What a computation came to, ready to be stored, or why there is no result. */
export type Computed =
  | {
      readonly ok: true;
      readonly result: string;
      readonly series: Uint8Array;
      /** In what the result is not as it is documented; null when it is. */
      readonly mismatch: string | null;
    }
  | { readonly ok: false; readonly message: string };

/** What a thread returns for a task: with the milliseconds it took there, which a busy event loop does not lengthen. */
export interface ComputedInThread {
  readonly number: number;
  readonly computed: Computed;
  readonly ms: number;
}

export interface ComputeTask {
  readonly strategy: string;
  /** As the client sent them. */
  readonly parameters: Record<string, unknown>;
}

/** What a worker thread is told when it starts. */
export interface ComputeWorkerData {
  readonly strategiesDir: string | undefined;
}

/** A task as a thread gets it, with a number of its own. */
export type NumberedTask = ComputeTask & { readonly number: number };

/**
 * What a worker thread says outside of any computation: first how it is reached and watched while it computes, for as long as
 * it lives, so that a computation that takes a millisecond needs no messages but its own.
 */
export type FromThread =
  | { readonly kind: "hello"; readonly thread: number; readonly state: ThreadState; readonly port: MessagePort }
  | { readonly kind: "stray error"; readonly message: string };

/** What a worker thread says on its port while it computes. */
export type FromComputation =
  | PricesQuestion
  | { readonly kind: "progress"; readonly number: number; readonly progress: Progress };
