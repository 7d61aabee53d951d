import { feedEnd, readRunFeed, type RunFeedPosition } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { createWaiter } from "../../engine/live/waiter.ts";
import { type Ctx, ensureScope, ownerFor } from "../operation.ts";
import { type ScheduleRun, toScheduleRun } from "./schedule-run.ts";
import { ScheduleId } from "./schedule.ts";

export const WatchScheduleRuns = z.strictObject({
  schedule_id: ScheduleId.optional().meta({ description: "Only runs of this schedule." }),
  after: z.string().optional().meta({ description: "Cursor of the last known run. Without it the feed begins now." }),
});

/** A new or changed run of a schedule. */
export interface ScheduleRunUpdate {
  /** Resumes the feed after this change. */
  readonly cursor: string;
  readonly run: ScheduleRun;
}

const pageSize = 500;
/** Pause before the next read while an open transaction holds back changes: its end sends no signal. */
const heldBackMs = 50;

/** The cursor after all changes of runs until now. */
export async function runFeedCursor({ database }: Pick<Ctx, "database">): Promise<string> {
  const { transaction } = await feedEnd(database.db);
  return toCursor({ transaction, scheduleId: Number.MAX_SAFE_INTEGER, fireAt: 0 });
}

/**
 * Follows the client's runs until the signal aborts: each new run, and each change of its state. Changes in quick succession may be
 * reported as one.
 * @throws DomainError `forbidden`, or `invalid` for a cursor that is not of this feed
 */
export async function* watchScheduleRuns(
  ctx: Pick<Ctx, "client" | "schedules" | "database">,
  { schedule_id: scheduleId, after }: z.output<typeof WatchScheduleRuns>,
  signal: AbortSignal,
): AsyncGenerator<ScheduleRunUpdate, void, undefined> {
  ensureScope(ctx, "read");
  const { db } = ctx.database;
  const filter = { owner: ownerFor(ctx), scheduleId };
  let position = fromCursor(after ?? (await runFeedCursor(ctx)));
  const waiter = createWaiter(signal);
  const unsubscribe = ctx.schedules.onRuns(waiter.wake);
  try {
    while (!signal.aborted) {
      const page = await readRunFeed(db, position, filter, pageSize);
      for (const { run, position: reached } of page.runs) {
        yield { cursor: toCursor(reached), run: toScheduleRun(run) };
        position = reached;
      }
      if (page.runs.length === pageSize) continue;
      await waiter.wait(page.pending ? heldBackMs : undefined);
    }
  } finally {
    unsubscribe();
    waiter.dispose();
  }
}

function toCursor({ transaction, scheduleId, fireAt }: RunFeedPosition): string {
  return `${transaction}-${scheduleId}-${fireAt}`;
}

function fromCursor(cursor: string): RunFeedPosition {
  const [transaction, scheduleId, fireAt] = /^(\d{1,19})-(\d{1,16})-(\d{1,15})$/.exec(cursor)?.slice(1) ?? [];
  if (transaction === undefined) {
    const message = "is not a cursor of this feed";
    throw new DomainError("invalid", `after: ${message}`, [{ path: "after", message }]);
  }
  return { transaction, scheduleId: Number(scheduleId), fireAt: Number(fireAt) };
}
