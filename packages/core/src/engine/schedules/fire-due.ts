import {
  type Database,
  type DueSchedule,
  dueSchedules,
  type FiredSchedule,
  fireSchedules,
  type NewRun,
  type WrittenRun,
} from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import type { Exchange } from "../../exchanges/exchange.ts";
import { toIsoDay } from "../../market/calendar.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { type DueFire, dueFires } from "../../schedules/due-fires.ts";
import type { FindExchange } from "../../schedules/fires.ts";
import type { Observer } from "../lifecycle/observer.ts";
import { ScheduleSpec } from "./schedule-spec.ts";

/** Schedules read at once. */
const batchSize = 500;

export interface FireOptions {
  readonly database: Database;
  readonly observer: Observer;
  readonly log: Log;
}

/**
 * Creates the runs of all due fires, by the database's clock, and advances the schedules. The first process creates the run of a fire; the
 * others write nothing. Returns whether any schedule advanced.
 */
export async function fireDue({ database, observer, log }: FireOptions): Promise<boolean> {
  let hasMoved = false;
  for (;;) {
    const due = await dueSchedules(database.db, batchSize);
    if (due.length === 0) return hasMoved;
    const exchanges = await readExchanges(database.db);
    const fired: FiredSchedule[] = [];
    const runs: NewRun[] = [];
    for (const schedule of due) {
      try {
        const { nextAt, ...own } = firesOf(schedule, exchanges);
        fired.push({ id: schedule.id, version: schedule.version, dueAt: schedule.dueAt, nextAt });
        runs.push(...own.runs);
        warnBeyondHorizon(own.beyond, schedule.id, log);
      } catch (error) {
        log.error({ schedule_id: schedule.id, err: error }, "schedule cannot be read: it does not fire");
      }
    }
    if (fired.length === 0) return hasMoved;
    const written = await fireSchedules(database.db, fired, runs);
    hasMoved = true;
    tell(observer, written, due[0]!.now);
    if (due.length < batchSize) return hasMoved;
  }
}

function firesOf({ id, spec: stored, dueAt, now }: DueSchedule, exchanges: FindExchange) {
  const spec = ScheduleSpec.parse(stored);
  const { catch_up: catchUp, catch_up_hours: catchUpHours } = spec;
  const { run, missed, nextAt } = dueFires(spec.when, exchanges, { dueAt, now, catchUp, catchUpHours });
  const toRun = ({ fireAt, tradingDay, origin }: DueFire, state: "waiting" | "missed"): NewRun => ({
    scheduleId: id,
    fireAt,
    origin,
    tradingDay: tradingDay === null ? null : toIsoDay(tradingDay),
    state,
    reason: state === "missed" ? "The service was down" : null,
  });
  const exchange = spec.when.exchange === null ? null : exchanges(spec.when.exchange);
  const { horizon = null } = exchange ?? {};
  const isBeyond = horizon !== null && run.some(({ tradingDay }) => tradingDay !== null && tradingDay > horizon);
  return {
    nextAt,
    beyond: isBeyond ? exchange : null,
    runs: [...missed.map((fire) => toRun(fire, "missed")), ...run.map((fire) => toRun(fire, "waiting"))],
  };
}

/** A holiday may have been taken for a session. */
function warnBeyondHorizon(exchange: Exchange | null, scheduleId: number, log: Log): void {
  if (exchange === null || exchange.horizon === null) return;
  const fields = { schedule_id: scheduleId, exchange: exchange.name, known_until: toIsoDay(exchange.horizon) };
  log.warn(fields, "schedule fired beyond the known holidays of its exchange");
}

function tell(observer: Observer, runs: readonly WrittenRun[], now: number): void {
  for (const { state, fireAt } of runs) {
    if (state === "missed") observer.fireMissed();
    else observer.fired(now - fireAt);
  }
}
