import { getSchedule, listRuns } from "@strategy-executor/db";
import { z } from "zod";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";
import { ScheduleRun, toScheduleRun } from "./schedule-run.ts";
import { noSchedule, ScheduleId } from "./schedule.ts";

export const listScheduleRuns = query({
  name: "listScheduleRuns",
  summary: "List the runs of a schedule, latest fire first.",
  scope: "read",
  input: z.strictObject({ schedule_id: ScheduleId, ...pageInput }),
  output: z.object({ runs: z.array(ScheduleRun), next_cursor: NextCursor }).meta({ id: "ScheduleRunList" }),
  async run(ctx, { schedule_id, limit, cursor }) {
    const { db } = ctx.database;
    if ((await getSchedule(db, schedule_id, ownerFor(ctx))) === null) throw noSchedule(schedule_id);
    const before = fromCursor(cursor);
    const found = await listRuns(db, schedule_id, before === undefined ? undefined : new Date(before), limit + 1);
    const { page, next_cursor } = toPage(found, limit, ({ fireAt }) => fireAt.getTime());
    return { runs: page.map(toScheduleRun), next_cursor };
  },
});
