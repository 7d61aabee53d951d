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
    .meta({ description: "Number of the last known event; only later ones are sent." }),
});

/** An event of an execution, each once and in order, or its progress in between. */
export type ExecutionUpdate =
  | { readonly kind: "event"; readonly event: ExecutionEvent }
  | { readonly kind: "progress"; readonly execution_id: number; readonly progress: Progress };

/**
 * Follows one execution: first past events, then new ones, until the terminal event or the signal. Any process may run the
 * execution.
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
  // Subscribes before the first read, so that no event is missed.
  const unsubscribe = events.subscribe(execution_id, waiter.wake);
  try {
    let known = after;
    let lastProgress = "null";
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
      if (news.progress !== null && progress !== lastProgress)
        yield { kind: "progress", execution_id, progress: news.progress };
      lastProgress = progress;
      if (news.ended && news.events.length === 0) return;
      await waiter.wait();
    }
  } finally {
    unsubscribe();
    waiter.dispose();
  }
}
