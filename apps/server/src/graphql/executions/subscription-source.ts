import { wrapOrThrow } from "@pothos/plugin-errors";
import { DomainError } from "@strategy-executor/core";
import { isUnavailable, reasonOf } from "@strategy-executor/db";
import type { GraphqlContext } from "../context.ts";

/**
 * Creates the source of a subscription from a generator that runs until its signal aborts. A refusal is the last
 * element. A disconnect ends it immediately; a plain generator would notice only at its next element.
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
        ctx.log.warn({ reason: reasonOf(error) }, "stream aborted: the database is unavailable");
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
