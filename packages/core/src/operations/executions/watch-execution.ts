import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId, type Progress } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, ownerFor } from "../operation.ts";
import { type ExecutionEvent, isTerminal, toExecutionEvent } from "../../engine/live/execution-event.ts";
import { createWaiter } from "../../engine/live/waiter.ts";

export const WatchExecution = z.strictObject({
  execution_id: ExecutionId,
  after: z
    .int()
    .nonnegative()
    .default(0)
    .meta({ description: "Number of the last event that is known; only later ones are sent." }),
});

/** What a follower of an execution gets: its events, each once and in order, and between them how far it is. */
export type ExecutionUpdate =
  | { readonly kind: "event"; readonly event: ExecutionEvent }
  | { readonly kind: "progress"; readonly execution_id: number; readonly progress: Progress };

/**
 * Follows one execution: first what has happened, then what happens, until the terminal event or the signal. Works
 * whichever process does the work.
 * @throws DomainError `forbidden`, `not_found`
 */
export async function* watchExecution(
  ctx: Pick<Ctx, "client" | "events">,
  { execution_id, after }: z.output<typeof WatchExecution>,
  signal: AbortSignal,
): AsyncGenerator<ExecutionUpdate, void, undefined> {
  ensureScope(ctx, "read");
  const { events } = ctx;
  const waiter = createWaiter(signal);
  // Before the backlog is read, or what happens meanwhile would be missed.
  const unsubscribe = events.subscribe(execution_id, waiter.wake);
  try {
    let known = after;
    let shown = "null";
    while (!signal.aborted) {
      const news = await events.readUpdates(execution_id, known, ownerFor(ctx));
      if (news === null) throw new DomainError("not_found", `There is no execution ${execution_id}`);
      for (const record of news.events) {
        const event = toExecutionEvent(record);
        yield { kind: "event", event };
        known = event.number;
        if (isTerminal(event.status)) return;
      }
      const progress = JSON.stringify(news.progress);
      if (news.progress !== null && progress !== shown)
        yield { kind: "progress", execution_id, progress: news.progress };
      shown = progress;
      if (news.ended && news.events.length === 0) return;
      await waiter.wait();
    }
  } finally {
    unsubscribe();
    waiter.dispose();
  }
}
