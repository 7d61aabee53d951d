import { getSchedule, updateSchedule as store } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { maskAddress } from "../../notifications/callback-format.ts";
import { mutation, ownerFor } from "../operation.ts";
import { nameTaken, noSchedule, Schedule, ScheduleId, scheduleInput, toSchedule } from "./schedule.ts";
import { outlookOf, toSpec } from "./to-spec.ts";

const { name, strategy_name, when, ...others } = scheduleInput;

export const updateSchedule = mutation({
  name: "updateSchedule",
  summary:
    "Edit a schedule: absent fields do not change, `null` resets an optional field to its default. Runs in progress keep their settings.",
  scope: "execute",
  input: z
    .strictObject({
      schedule_id: ScheduleId,
      version: z.int().positive().meta({ description: "The version of the schedule that is edited." }),
      name: name.nullish(),
      strategy_name: strategy_name.nullish(),
      when: when.nullish(),
      ...others,
    })
    .meta({ id: "UpdateSchedule" }),
  output: Schedule,
  async run(ctx, { schedule_id, version, ...changes }) {
    const { db } = ctx.database;
    const record = await getSchedule(db, schedule_id, ownerFor(ctx));
    if (record === null) throw noSchedule(schedule_id);
    const { name: newName, strategy_name: strategy, when: rule, ...optional } = changes;
    const current = ScheduleSpec.parse(record.spec);
    ensureNotMasked(current.callback, changes.callback?.url);
    const spec = toSpec(ctx, {
      ...current,
      strategy_name: strategy ?? current.strategy_name,
      when: rule ?? current.when,
      // An optional field that is null goes back to its default.
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    });
    const { nextAt, warnings } = await outlookOf(ctx, spec.when);
    const content = { name: newName ?? record.name, spec: { ...spec, warnings }, nextAt };
    const stored = await store(db, schedule_id, version, content);
    if (stored === "name taken") throw nameTaken(content.name);
    if (stored === null) {
      const message = "is not the current version: read the schedule again";
      throw new DomainError("conflict", `version: ${version} ${message}`, [{ path: "version", message }]);
    }
    ctx.schedules.changed();
    return toSchedule(stored, ctx.client);
  },
});

/** An administrator sees a masked address of another client's schedule, and must not store it in place of the whole one. */
function ensureNotMasked(held: ScheduleSpec["callback"], url: string | undefined): void {
  if (held === null || url === undefined || url === held.url || url !== maskAddress(held.format, held.url)) return;
  const message = "is masked: give the whole address";
  throw new DomainError("invalid", `callback.url: ${message}`, [{ path: "callback.url", message }]);
}
