import type { ExecutionUpdate } from "@strategy-executor/core";
import type { FeedUpdate } from "@strategy-executor/server/router";
import { isRefused } from "./is-refused.ts";
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

/**
 * Follows all executions until the signal aborts. When the service's history was replaced, as by a restore, no cursor leads on: the
 * feed then begins anew, with another `start`.
 */
export async function* watchExecutions(
  procedures: Procedures,
  { after, ...filter }: Inputs["watchExecutions"],
  options: CallOptions,
): AsyncGenerator<FeedUpdate, void, undefined> {
  for (let cursor = after; ; cursor = undefined) {
    const from = { ...filter, ...(cursor !== undefined && { after: cursor }) };
    try {
      return yield* follow(() => procedures.watchExecutions.subscribe(from, options), options);
    } catch (error) {
      if (!isRefused(error) || error.data.code !== cursorExpired) throw error;
    }
  }
}

/** What tRPC calls the refusal `cursor_expired`. Nothing else in this API has it. */
const cursorExpired = "PRECONDITION_FAILED";

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
