import {
  type ExecutionUpdate,
  feedCursor,
  type FeedEvent,
  WatchExecution,
  watchExecution,
  WatchExecutions,
  watchExecutions,
} from "@strategy-executor/core";
import { tracked, type TrackedEnvelope } from "@trpc/server";
import { z } from "zod";
import { procedure, type TrpcContext } from "./procedure.ts";

/** An element of the feed over all executions. */
export type FeedUpdate = { readonly kind: "start"; readonly cursor: string } | ({ readonly kind: "event" } & FeedEvent);

/** What clients send when they come back: the id of the last message they got. It goes before `after`. */
const lastEventId = {
  number: z.string().regex(/^\d{1,9}$/, "is not the number of an event"),
  cursor: z.string(),
};

/**
 * Follows one execution to its end; ids are numbers of events. Progress repeats the id of the event before it: without one,
 * a client that is cut off right behind it would begin anew.
 */
export const watchExecutionProcedure = procedure
  .input(WatchExecution.extend({ lastEventId: lastEventId.number.optional() }))
  .subscription(({ ctx, input, signal }) =>
    toStream(ctx, signal, async function* (ends): Tracked<ExecutionUpdate> {
      const { execution_id } = input;
      let known = input.lastEventId === undefined ? input.after : Number(input.lastEventId);
      for await (const update of watchExecution(ctx.ctx, { execution_id, after: known }, ends)) {
        if (update.kind === "event") known = update.event.number;
        yield tracked(String(known), update);
      }
    }),
  );

/**
 * Follows all executions; ids are cursors. A feed that begins now says where that is, so that a client that is cut off
 * before the first event misses none.
 */
export const watchExecutionsProcedure = procedure
  .input(WatchExecutions.extend({ lastEventId: lastEventId.cursor.optional() }))
  .subscription(({ ctx, input, signal }) =>
    toStream(ctx, signal, async function* (ends): Tracked<FeedUpdate> {
      const { lastEventId: last, ...filter } = input;
      const known = last ?? filter.after;
      const after = known ?? (await feedCursor(ctx.ctx));
      if (known === undefined) yield tracked(after, { kind: "start", cursor: after });
      for await (const { cursor, event } of watchExecutions(ctx.ctx, { ...filter, after }, ends)) {
        yield tracked(cursor, { kind: "event", cursor, event });
      }
    }),
  );

type Tracked<T> = AsyncGenerator<TrackedEnvelope<T>, void, undefined>;

/** Runs a stream in a place of its client's, until it is over, the client is gone or the process is about to end. */
function toStream<T>(
  { streams, caller }: TrpcContext,
  gone: AbortSignal | undefined,
  run: (ends: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T> {
  return readableAhead(
    (async function* () {
      const stream = streams.open(caller);
      const ends = AbortSignal.any(gone === undefined ? [stream.ending] : [gone, stream.ending]);
      try {
        yield* run(ends);
        // A subscription that returns tells the client that this was all, and so not to come back.
        ends.throwIfAborted();
      } finally {
        stream.release();
      }
    })(),
  );
}

/**
 * tRPC asks for the next message before the client has taken the one before. What fails meanwhile is thrown when it is
 * awaited, and must not end the process as a rejection that nobody handles.
 */
function readableAhead<T>(generator: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  const handled = <P extends Promise<unknown>>(promise: P): P => {
    promise.catch(() => undefined);
    return promise;
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => handled(generator.next()),
      return: () => handled(generator.return()),
    }),
  };
}
