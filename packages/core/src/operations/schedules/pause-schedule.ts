import { printableText } from "../../common/printable-text.ts";
import { pauseSchedule as pause } from "@strategy-executor/db";
import { z } from "zod";
import { mutation, ownerFor } from "../operation.ts";
import { noSchedule, Schedule, ScheduleId, toSchedule } from "./schedule.ts";

export const pauseSchedule = mutation({
  name: "pauseSchedule",
  summary: "Pause a schedule: nothing fires, and nothing is caught up afterwards.",
  scope: "execute",
  input: z.strictObject({
    schedule_id: ScheduleId,
    note: printableText(200).nullish().meta({ description: "The reason." }),
  }),
  output: Schedule,
  async run(ctx, { schedule_id, note }) {
    const record = await pause(ctx.database.db, schedule_id, ownerFor(ctx), note ?? null);
    if (record === null) throw noSchedule(schedule_id);
    ctx.schedules.changed();
    return toSchedule(record, ctx.client);
  },
});
