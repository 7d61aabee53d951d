import { addRuns, databaseNow, getSchedule, type NewRun } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { toDay, toIsoDay } from "../../market/calendar.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { firesBetween } from "../../schedules/fires.ts";
import { instantOf } from "../../schedules/zoned-time.ts";
import { mutation, ownerFor } from "../operation.ts";
import { givenDay } from "../../common/given-time.ts";
import { noSchedule, ScheduleId } from "./schedule.ts";

const maxRuns = 1_000;

export const backfillSchedule = mutation({
  name: "backfillSchedule",
  summary: "Make the missing runs for the past fires of a period. The current decision does not change.",
  scope: "execute",
  input: z
    .strictObject({
      schedule_id: ScheduleId,
      from: givenDay().meta({ description: "First day, in the time zone of the rule." }),
      to: givenDay().meta({ description: "Last day. Fires that are still to come are left out." }),
      callbacks: z
        .boolean()
        .nullish()
        .meta({ description: "Whether callbacks are sent for these runs. Default: false." }),
    })
    .meta({ id: "BackfillSchedule" }),
  output: z
    .object({ backfilled: z.int().nonnegative().meta({ description: "Runs made." }) })
    .meta({ id: "ScheduleBackfill" }),
  async run(ctx, { schedule_id: scheduleId, from, to, callbacks }) {
    const { db } = ctx.database;
    const record = await getSchedule(db, scheduleId, ownerFor(ctx));
    if (record === null) throw noSchedule(scheduleId);
    const { when } = ScheduleSpec.parse(record.spec);
    ensurePeriod(from, to);
    const begin = instantOf(toDay(from), "00:00", when.time_zone);
    const end = Math.min(instantOf(toDay(to) + 1, "00:00", when.time_zone) - 1, await databaseNow(db));
    const fires = firesBetween(when, await readExchanges(db), begin - 1, end, maxRuns + 1);
    if (fires.length > maxRuns) throw refused("to", `has more than ${maxRuns} fires after \`from\``);
    const runs = fires.map(({ fireAt, tradingDay }): NewRun => {
      const day = tradingDay === null ? null : toIsoDay(tradingDay);
      return { scheduleId, fireAt, origin: "backfill", tradingDay: day, state: "waiting", reason: null };
    });
    const backfilled = runs.length === 0 ? 0 : await addRuns(db, runs, { notifies: callbacks ?? false });
    ctx.schedules.changed();
    return { backfilled };
  },
});

function ensurePeriod(from: string, to: string): void {
  if (to < from) throw refused("to", "is before `from`");
  if (from < "1900-01-01" || to > "2200-01-01") throw refused("from", "must be in the years 1900 to 2200");
}

function refused(path: string, message: string): DomainError {
  return new DomainError("invalid", `${path}: ${message}`, [{ path, message }]);
}
