import {
  type ExecutionUpdate,
  feedCursor,
  type FeedEvent,
  runFeedCursor,
  type ScheduleRunUpdate,
  WatchExecution,
  watchExecution,
  WatchExecutions,
  watchExecutions,
  WatchScheduleRuns,
  watchScheduleRuns,
} from "@strategy-executor/core";
import { tracked, type TrackedEnvelope } from "@trpc/server";
import { z } from "zod";
import { procedure, type TrpcContext } from "./procedure.ts";

/** An element of the feed over all executions. */
export type FeedUpdate = { readonly kind: "start"; readonly cursor: string } | ({ readonly kind: "event" } & FeedEvent);

/** The id of the last message, which clients send on reconnect. It takes precedence over `after`. */
const lastEventId = {
  number: z.string().regex(/^\d{1,9}$/, "is not the number of an event"),
  cursor: z.string(),
};

/**
 * Follows one execution to its end. Message ids are event numbers. Progress repeats the id of the previous event: a
 * client that is cut off right after a message without an id would start over.
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
 * Follows all executions. Message ids are cursors. A new feed first sends its start cursor, so that a client that is
 * cut off before the first event misses none.
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

/** An element of the feed of runs. */
export type ScheduleRunFeedUpdate =
  | { readonly kind: "start"; readonly cursor: string }
  | ({ readonly kind: "run" } & ScheduleRunUpdate);

/** Follows the runs of schedules: fires, and each change of a run. Message ids are cursors, as in the feed of executions. */
export const watchScheduleRunsProcedure = procedure
  .input(WatchScheduleRuns.extend({ lastEventId: lastEventId.cursor.optional() }))
  .subscription(({ ctx, input, signal }) =>
    toStream(ctx, signal, async function* (ends): Tracked<ScheduleRunFeedUpdate> {
      const { lastEventId: last, ...filter } = input;
      const known = last ?? filter.after;
      const after = known ?? (await runFeedCursor(ctx.ctx));
      if (known === undefined) yield tracked(after, { kind: "start", cursor: after });
      for await (const { cursor, run } of watchScheduleRuns(ctx.ctx, { ...filter, after }, ends)) {
        yield tracked(cursor, { kind: "run", cursor, run });
      }
    }),
  );

type Tracked<T> = AsyncGenerator<TrackedEnvelope<T>, void, undefined>;

/** Runs a stream until it completes, its client disconnects or the process stops. */
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
        // A completed subscription tells the client not to reconnect.
        ends.throwIfAborted();
      } finally {
        stream.release();
      }
    })(),
  );
}

/**
 * tRPC requests the next message before the client has taken the previous one. An error in between is thrown when the
 * message is awaited; it must not end the process as an unhandled rejection.
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
