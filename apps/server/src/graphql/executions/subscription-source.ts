import { wrapOrThrow } from "@pothos/plugin-errors";
import { DomainError } from "@strategy-executor/core";
import { isUnavailable, reasonOf } from "@strategy-executor/db";
import type { GraphqlContext } from "../context.ts";

/**
 * Makes the source of a subscription from a generator that runs until its signal aborts. A refusal is its last element. The
 * client's leaving ends it at once: a generator left to itself would hear of it with its next element only.
 */
export function toSource<T>(
  { ctx, streams, connection }: GraphqlContext,
  run: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncIterableIterator<T | DomainError> {
  const gone = new AbortController();
  const elements = (async function* () {
    try {
      const stream = streams.open(connection.caller);
      const end = () => {
        connection.breakOff();
        gone.abort();
      };
      stream.ending.addEventListener("abort", end);
      if (stream.ending.aborted) end();
      try {
        yield* run(gone.signal);
      } finally {
        stream.ending.removeEventListener("abort", end);
        stream.release();
      }
    } catch (error) {
      if (isUnavailable(error)) {
        ctx.log.warn({ reason: reasonOf(error) }, "a stream breaks off: the database cannot be reached");
        return connection.breakOff();
      }
      yield wrapOrThrow(error, [DomainError]) as DomainError;
    }
  })();
  return {
    next: () => elements.next(),
    return() {
      gone.abort();
      return elements.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
