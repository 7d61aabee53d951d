import { listSchedules as read } from "@strategy-executor/db";
import { z } from "zod";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";
import { Schedule, toSchedule } from "./schedule.ts";

export const listSchedules = query({
  name: "listSchedules",
  summary: "List your schedules, oldest first.",
  scope: "read",
  input: z.strictObject(pageInput),
  output: z.object({ schedules: z.array(Schedule), next_cursor: NextCursor }).meta({ id: "ScheduleList" }),
  async run(ctx, { limit, cursor }) {
    const found = await read(ctx.database.db, ownerFor(ctx), fromCursor(cursor) ?? 0, limit + 1);
    const { page, next_cursor } = toPage(found, limit, ({ id }) => id);
    return { schedules: page.map((record) => toSchedule(record, ctx.client)), next_cursor };
  },
});
