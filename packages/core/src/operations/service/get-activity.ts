import { type BoundedCount, readActivity } from "@strategy-executor/db";
import { z } from "zod";
import { Instant, toInstant } from "../../engine/lifecycle/execution.ts";
import { maxCount } from "../counts.ts";
import { ownerFor, query } from "../operation.ts";

export const ActivityCount = z
  .object({
    count: z.int().meta({ description: `At most ${maxCount}.` }),
    more: z.boolean().meta({ description: "Whether there may be more." }),
  })
  .meta({ description: `A count that stops at ${maxCount}.` });

const counted = (description: string) => ActivityCount.meta({ description });

export const EndedCounts = z.object({
  completed: counted("Executions completed."),
  failed: counted("Executions failed."),
  cancelled: counted("Executions cancelled."),
});

export const getActivity = query({
  name: "getActivity",
  summary: "Count executions that wait, run or have ended, callbacks, and failing receivers.",
  scope: "read",
  input: z.strictObject({}),
  output: z
    .object({
      waiting: counted("Executions that wait to run."),
      running: counted("Executions that run."),
      oldest_waiting_at: Instant.nullable().meta({
        description: "When the execution that waits longest was accepted; null when none waits.",
      }),
      ended_last_hour: EndedCounts.meta({ description: "Executions that ended in the last hour." }),
      callbacks_due: counted("Callbacks that are being sent or wait for an attempt."),
      given_up_last_day: counted("Callbacks whose last attempt failed in the last 24 hours."),
      open_circuits: counted("Receivers whose circuit is open because they failed."),
    })
    .meta({ id: "Activity", description: "The counts are those of the client; for an administrator, of all clients." }),
  async run(ctx) {
    const activity = await readActivity(ctx.database.db, ownerFor(ctx), maxCount);
    const { completed, failed, cancelled } = activity.endedLastHour;
    return {
      waiting: toCount(activity.waiting),
      running: toCount(activity.running),
      oldest_waiting_at: toInstant(activity.oldestWaitingAt),
      ended_last_hour: { completed: toCount(completed), failed: toCount(failed), cancelled: toCount(cancelled) },
      callbacks_due: toCount(activity.callbacksDue),
      given_up_last_day: toCount(activity.givenUpLastDay),
      open_circuits: toCount(activity.openCircuits),
    };
  },
});

function toCount({ count, more }: BoundedCount): z.output<typeof ActivityCount> {
  return { count, more };
}
