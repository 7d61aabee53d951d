import { addRuns, databaseNow, getSchedule, listRuns } from "@strategy-executor/db";
import { z } from "zod";
import { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { toIsoDay } from "../../market/calendar.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { lastClosedSession } from "../../schedules/session-fires.ts";
import { mutation, ownerFor } from "../operation.ts";
import { ScheduleRun, toScheduleRun } from "./schedule-run.ts";
import { noSchedule, ScheduleId } from "./schedule.ts";

export const triggerSchedule = mutation({
  name: "triggerSchedule",
  summary: "Make a run now, for the last closed session. Allowed while the schedule is paused.",
  scope: "execute",
  input: z.strictObject({ schedule_id: ScheduleId }),
  output: ScheduleRun,
  async run(ctx, { schedule_id: scheduleId }) {
    const { db } = ctx.database;
    const record = await getSchedule(db, scheduleId, ownerFor(ctx));
    if (record === null) throw noSchedule(scheduleId);
    const { exchange } = ScheduleSpec.parse(record.spec).when;
    const exchanges = await readExchanges(db);
    const now = await databaseNow(db);
    // If another run has the same millisecond, the next one is used.
    for (let fireAt = now; ; fireAt += 1) {
      const tradingDay = exchange === null ? null : toIsoDay(lastClosedSession(exchanges(exchange), fireAt));
      const run = { scheduleId, fireAt, origin: "trigger", tradingDay, state: "waiting", reason: null } as const;
      if ((await addRuns(db, [run], { notifies: true })) === 0) {
        if ((await getSchedule(db, scheduleId, ownerFor(ctx))) === null) throw noSchedule(scheduleId);
        continue;
      }
      ctx.schedules.changed();
      const [stored] = await listRuns(db, scheduleId, new Date(fireAt + 1), 1);
      return toScheduleRun(stored!);
    }
  },
});
