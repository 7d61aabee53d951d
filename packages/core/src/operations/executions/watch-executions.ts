import { feedEnd, type FeedPosition } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionStatus } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, ownerFor } from "../operation.ts";
import { type ExecutionEvent, toExecutionEvent } from "../../engine/live/execution-event.ts";
import { createWaiter } from "../../engine/live/waiter.ts";

export const WatchExecutions = z.strictObject({
  status: ExecutionStatus.optional(),
  // PostgreSQL has no NUL in text, so no strategy has one in its name.
  strategy: z
    .string()
    .regex(/^[^\0]*$/, "must not contain NUL")
    .optional()
    .meta({ description: "Only executions of this strategy." }),
  after: z.string().optional().meta({ description: "Cursor of the last known event. Without it the feed begins now." }),
});

/** An event of the feed over all executions. */
export interface FeedEvent {
  /** Resumes the feed after this event. */
  readonly cursor: string;
  readonly event: ExecutionEvent;
}

/** The cursor after all current events of the feed. */
export async function feedCursor({ database }: Pick<Ctx, "database">): Promise<string> {
  return toCursor(await feedEnd(database.db));
}

/**
 * Follows all executions of the client until the signal: every event exactly once, in order within an execution. Any process
 * may run them.
 * @throws DomainError `forbidden`, or `invalid` for a cursor that is not of this feed
 */
export async function* watchExecutions(
  ctx: Pick<Ctx, "client" | "events" | "database">,
  { after, ...filter }: z.output<typeof WatchExecutions>,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent, void, undefined> {
  ensureScope(ctx, "read");
  const { feed } = ctx.events;
  const owned = { ...filter, owner: ownerFor(ctx) };
  let position = after === undefined ? await feedEnd(ctx.database.db) : fromCursor(after);
  const waiter = createWaiter(signal);
  // Subscribes before the first read, so that no event is missed.
  const unsubscribe = feed.subscribe(waiter.wake);
  try {
    while (!signal.aborted) {
      const page = await feed.read(position, owned);
      for (const { event, position: reached } of page.events) {
        yield { cursor: toCursor(reached), event: toExecutionEvent(event) };
      }
      position = page.covered;
      if (!page.isFull) await waiter.wait();
    }
  } finally {
    unsubscribe();
    waiter.dispose();
  }
}

function toCursor({ transaction, executionId, number }: FeedPosition): string {
  return `${transaction}-${executionId}-${number}`;
}

function fromCursor(cursor: string): FeedPosition {
  const [transaction, executionId, number] = /^(\d{1,19})-(\d{1,16})-(\d{1,9})$/.exec(cursor)?.slice(1) ?? [];
  if (transaction === undefined) {
    const message = "is not a cursor of this feed";
    throw new DomainError("invalid", `after: ${message}`, [{ path: "after", message }]);
  }
  return { transaction, executionId: Number(executionId), number: Number(number) };
}
