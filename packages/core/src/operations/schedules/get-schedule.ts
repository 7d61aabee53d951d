import { getSchedule as read } from "@strategy-executor/db";
import { z } from "zod";
import { ownerFor, query } from "../operation.ts";
import { noSchedule, Schedule, ScheduleId, toSchedule } from "./schedule.ts";

export const getSchedule = query({
  name: "getSchedule",
  summary: "Show a schedule.",
  scope: "read",
  input: z.strictObject({ schedule_id: ScheduleId }),
  output: Schedule,
  async run(ctx, { schedule_id }) {
    const record = await read(ctx.database.db, schedule_id, ownerFor(ctx));
    if (record === null) throw noSchedule(schedule_id);
    return toSchedule(record, ctx.client);
  },
});
