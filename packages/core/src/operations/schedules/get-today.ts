import { listDecidedSchedules } from "@strategy-executor/db";
import { z } from "zod";
import { CurrentDecision } from "../../engine/schedules/current-decision.ts";
import { ownerFor, query } from "../operation.ts";
import { ScheduleId, ScheduleName } from "./schedule.ts";

const TodaysDecision = z
  .object({ schedule_id: ScheduleId, name: ScheduleName, ...CurrentDecision.shape })
  .meta({ id: "TodaysDecision", description: "The current decision of a schedule." });

/** Maximum number of schedules in one answer. */
const maxSchedules = 1_000;

export const getToday = query({
  name: "getToday",
  summary: "Show the current decisions of your schedules.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ schedules: z.array(TodaysDecision) }).meta({ id: "Today" }),
  async run(ctx) {
    const records = await listDecidedSchedules(ctx.database.db, ownerFor(ctx), maxSchedules);
    return {
      schedules: records.flatMap(({ id, name, decision }) =>
        decision === null ? [] : [{ schedule_id: id, name, ...CurrentDecision.parse(decision) }],
      ),
    };
  },
});
