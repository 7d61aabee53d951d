import { deleteSchedule as remove } from "@strategy-executor/db";
import { z } from "zod";
import { mutation, ownerFor } from "../operation.ts";
import { noSchedule, Schedule, ScheduleId, toSchedule } from "./schedule.ts";

export const deleteSchedule = mutation({
  name: "deleteSchedule",
  summary: "Delete a schedule. Its executions stay.",
  scope: "execute",
  input: z.strictObject({ schedule_id: ScheduleId }),
  output: Schedule,
  async run(ctx, { schedule_id }) {
    const record = await remove(ctx.database.db, schedule_id, ownerFor(ctx));
    if (record === null) throw noSchedule(schedule_id);
    ctx.schedules.changed();
    ctx.log.info({ schedule_id }, "schedule deleted");
    return toSchedule(record, ctx.client);
  },
});
