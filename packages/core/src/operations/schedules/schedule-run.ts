import type { RunRecord } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionId, Instant } from "../../engine/lifecycle/execution.ts";
import { ScheduleId } from "./schedule.ts";

export const ScheduleRun = z
  .object({
    schedule_id: ScheduleId,
    fire_at: Instant.meta({ description: "When the schedule fired, or was triggered." }),
    origin: z.enum(["fire", "catch_up", "trigger", "backfill"]).meta({ description: "What made the run." }),
    trading_day: z.iso
      .date()
      .nullable()
      .meta({ description: "The session that the fire belongs to; null without an exchange." }),
    state: z.enum(["waiting", "executing", "ended", "superseded", "missed", "cancelled"]).meta({
      description: "`waiting` for prices, then `executing`, then `ended`; the others never executed.",
    }),
    reason: z.string().nullable().meta({ description: "One sentence, where the state needs an explanation." }),
    execution_id: ExecutionId.nullable().meta({ description: "Its execution; null before there is one." }),
    changed: z.boolean().nullable().meta({ description: "Whether the decision changed; null where none is known." }),
    notification: z
      .enum(["none", "withheld", "due"])
      .meta({ description: "Whether a callback was made for it: `withheld` means that the decision had not changed." }),
  })
  .meta({ id: "ScheduleRun", description: "The outcome of one fire of a schedule." });
export type ScheduleRun = z.output<typeof ScheduleRun>;

export function toScheduleRun(record: RunRecord): ScheduleRun {
  return {
    schedule_id: record.scheduleId,
    fire_at: record.fireAt.toISOString(),
    origin: record.origin as ScheduleRun["origin"],
    trading_day: record.tradingDay,
    state: record.state as ScheduleRun["state"],
    reason: record.reason,
    execution_id: record.executionId,
    changed: record.changed,
    notification: record.notification as ScheduleRun["notification"],
  };
}
