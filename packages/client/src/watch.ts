import type { ExecutionUpdate } from "@strategy-executor/core";
import type { FeedUpdate } from "@strategy-executor/server/router";
import type { CallOptions, Inputs, Procedures } from "./types.ts";

export interface WatchOptions extends CallOptions {
  /** Number of the last known event; only later ones follow. */
  readonly after?: number;
}

/** Follows one execution until it ends. */
export function watchExecution(
  procedures: Procedures,
  execution_id: number,
  { after = 0, ...options }: WatchOptions,
): AsyncGenerator<ExecutionUpdate, void, undefined> {
  return follow(() => procedures.watchExecution.subscribe({ execution_id, after }, options), options);
}

/** Follows all executions until the signal aborts. */
export function watchExecutions(
  procedures: Procedures,
  filter: Inputs["watchExecutions"],
  options: CallOptions,
): AsyncGenerator<FeedUpdate, void, undefined> {
  return follow(() => procedures.watchExecutions.subscribe(filter, options), options);
}

async function* follow<Update>(
  subscribe: () => AsyncIterable<{ readonly data: Update }>,
  { signal }: CallOptions,
): AsyncGenerator<Update, void, undefined> {
  signal?.throwIfAborted();
  // While the stream waits to reconnect, nothing else keeps a Node process alive.
  const awake = setInterval(() => undefined, 60_000);
  try {
    for await (const { data } of subscribe()) yield data;
    signal?.throwIfAborted();
  } finally {
    clearInterval(awake);
  }
}
