import { comparePositions, feedEnd, type FeedPosition, firstFeedEpoch } from "@strategy-executor/db";
import { comparableText } from "../../common/printable-text.ts";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionStatus } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, ownerFor } from "../operation.ts";
import { type ExecutionEvent, toExecutionEvent } from "../../engine/live/execution-event.ts";
import { createWaiter } from "../../engine/live/waiter.ts";

export const WatchExecutions = z.strictObject({
  status: ExecutionStatus.optional(),
  strategy: comparableText().optional().meta({ description: "Only executions of this strategy." }),
  after: z.string().optional().meta({ description: "Cursor of the last known event. Without it the feed begins now." }),
});

/** An event of the feed over all executions. */
export interface FeedEvent {
  /** Resumes the feed after this event. */
  readonly cursor: string;
  readonly event: ExecutionEvent;
}

/** The cursor after all current events of the feed, but for the newest while an older transaction is open. */
export async function feedCursor({ database }: Pick<Ctx, "database">): Promise<string> {
  return toCursor(await feedEnd(database.db), database.feedEpoch);
}

/**
 * Follows all executions of the client until the signal: every event exactly once, in order within an execution. Any process
 * may run them.
 * @throws DomainError `forbidden`, `invalid` for a cursor that is not of this feed, `cursor_expired` after a restore
 */
export async function* watchExecutions(
  ctx: Pick<Ctx, "client" | "events" | "database">,
  { after, ...filter }: z.output<typeof WatchExecutions>,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent, void, undefined> {
  ensureScope(ctx, "read");
  const { feed } = ctx.events;
  const owned = { ...filter, owner: ownerFor(ctx) };
  const { feedEpoch } = ctx.database;
  let position = await startOf(after, ctx.database);
  const waiter = createWaiter(signal);
  // Subscribes before the first read, so that no event is missed.
  const unsubscribe = feed.subscribe(waiter.wake);
  try {
    while (!signal.aborted) {
      const page = await feed.read(position, owned);
      for (const { event, position: reached } of page.events) {
        yield { cursor: toCursor(reached, feedEpoch), event: toExecutionEvent(event) };
      }
      position = page.covered;
      if (!page.isFull) await waiter.wait();
    }
  } finally {
    unsubscribe();
    waiter.dispose();
  }
}

async function startOf(
  cursor: string | undefined,
  { db, feedEpoch }: Pick<Ctx["database"], "db" | "feedEpoch">,
): Promise<FeedPosition> {
  const end = await feedEnd(db);
  if (cursor === undefined) return end;
  const { epoch, ...position } = fromCursor(cursor);
  // A position beyond the end was issued before the cluster was restored.
  if (epoch === feedEpoch && comparePositions(position, end) <= 0) return position;
  throw new DomainError(
    "cursor_expired",
    "The cursor is of a history that has been replaced, for example by a restore: read the list of executions and begin a new feed",
  );
}

function toCursor({ transaction, executionId, number }: FeedPosition, epoch: string): string {
  const position = `${transaction}-${executionId}-${number}`;
  return epoch === firstFeedEpoch ? position : `${position}-${epoch}`;
}

function fromCursor(cursor: string): FeedPosition & { readonly epoch: string } {
  const parts = /^(\d{1,19})-(\d{1,16})-(\d{1,9})(?:-([0-9a-f]{8}))?$/.exec(cursor)?.slice(1) ?? [];
  const [transaction, executionId, number, epoch = firstFeedEpoch] = parts;
  if (transaction === undefined) {
    const message = "is not a cursor of this feed";
    throw new DomainError("invalid", `after: ${message}`, [{ path: "after", message }]);
  }
  return { transaction, executionId: Number(executionId), number: Number(number), epoch };
}
