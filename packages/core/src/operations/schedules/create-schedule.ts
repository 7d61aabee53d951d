import { insertSchedule } from "@strategy-executor/db";
import { z } from "zod";
import { mutation } from "../operation.ts";
import { nameTaken, Schedule, scheduleInput, toSchedule } from "./schedule.ts";
import { outlookOf, toSpec } from "./to-spec.ts";

export const createSchedule = mutation({
  name: "createSchedule",
  summary: "Create a schedule, which makes an execution each time its rule fires.",
  scope: "execute",
  input: z.strictObject(scheduleInput).meta({ id: "CreateSchedule" }),
  output: Schedule,
  async run(ctx, input) {
    const spec = toSpec(ctx, input);
    const { nextAt, warnings } = await outlookOf(ctx, spec.when);
    const content = { name: input.name, spec: { ...spec, warnings }, nextAt };
    const record = await insertSchedule(ctx.database.db, ctx.client.id, content);
    if (record === null) throw nameTaken(input.name);
    ctx.schedules.changed();
    ctx.log.info({ schedule_id: record.id, strategy: spec.strategy_name }, "schedule created");
    return toSchedule(record, ctx.client);
  },
});
