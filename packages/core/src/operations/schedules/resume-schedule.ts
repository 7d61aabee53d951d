import { getSchedule, resumeSchedule as resume } from "@strategy-executor/db";
import { z } from "zod";
import { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { mutation, ownerFor } from "../operation.ts";
import { noSchedule, Schedule, ScheduleId, toSchedule } from "./schedule.ts";
import { outlookOf } from "./to-spec.ts";

export const resumeSchedule = mutation({
  name: "resumeSchedule",
  summary: "Let a paused schedule fire again, from its next fire on.",
  scope: "execute",
  input: z.strictObject({ schedule_id: ScheduleId }),
  output: Schedule,
  async run(ctx, { schedule_id }) {
    const { db } = ctx.database;
    const record = await getSchedule(db, schedule_id, ownerFor(ctx));
    if (record === null) throw noSchedule(schedule_id);
    const { nextAt } = await outlookOf(ctx, ScheduleSpec.parse(record.spec).when);
    await resume(db, schedule_id, nextAt);
    ctx.schedules.changed();
    const resumed = await getSchedule(db, schedule_id, ownerFor(ctx));
    if (resumed === null) throw noSchedule(schedule_id);
    return toSchedule(resumed, ctx.client);
  },
});
