import type { Database } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import fc from "fast-check";
import { endRuns } from "../../engine/schedules/end-runs.ts";
import { fireDue } from "../../engine/schedules/fire-due.ts";
import { submitReadyRuns } from "../../engine/schedules/submit-runs.ts";
import { noopObserver } from "../../engine/lifecycle/observer.ts";
import { startQueue } from "../../engine/work/queue.ts";
import { createSchedule } from "../../operations/index.ts";
import { importUntil, type RealSchedule, scheduleCommands } from "./schedule-commands.ts";
import type { ModelRule, ScheduleModel } from "./schedule-model.ts";
import { waitMinutes } from "./schedule-model.ts";
import { type Service, startService } from "../service.ts";
import { installTestClock, setTestClock } from "./test-clock.ts";

/** Shortly before each change of New York's clock, and before holidays. */
const starts = ["2026-10-30T12:00:00Z", "2026-11-23T22:00:00Z", "2027-03-11T12:00:00Z", "2027-03-22T12:00:00Z"];

/** 02:30 does not exist on 2027-03-14, and 01:30 exists twice on 2026-11-01. */
const rules: readonly ModelRule[] = [
  { kind: "daily", time: "02:30" },
  { kind: "daily", time: "01:30" },
  { kind: "sessions", time: "16:30" },
];

/** Compares the schedules of the real service with the model, under random commands and a test clock. */
export async function checkSchedules(numRuns: number): Promise<void> {
  await using test = await createTestDatabase("postgres");
  await installTestClock(test.options, Date.parse(starts[0]!));
  await using service = await startService(test.options, { works: false });
  const { database, signals } = service;
  const { log, lifecycle, backlog, strategies } = service.ctx;
  const maxSeconds = { executions: 60, sweeps: 60, callbacks: 60 };
  await using queue = await startQueue({ database, log, maxSeconds, works: false });
  const own = { database, observer: noopObserver, log, lifecycle, backlog, strategies, queue, signals };
  let count = 0;
  const setting = fc.record({
    start: fc.constantFrom(...starts),
    rule: fc.constantFrom(...rules),
    catchUp: fc.constantFrom("latest", "all", "none"),
  });
  await fc.assert(
    fc.asyncProperty(setting, scheduleCommands(), async ({ start, rule, catchUp }, commands) => {
      const now = Date.parse(start);
      await emptyOut(database, now);
      await importUntil(service.ctx, "2026-10-01");
      const scheduleId = await create(service, `schedule ${(count += 1)}`, rule, catchUp);
      const model: ScheduleModel = {
        rule,
        catchUp,
        catchUpHours: 48,
        now,
        firedUntil: now,
        isPaused: false,
        version: 1,
        closed: new Set(),
        pricesUntil: "2026-10-01",
        runs: new Map(),
        decision: null,
        decisionFireAt: 0,
      };
      const real: RealSchedule = {
        ctx: service.ctx,
        database,
        scheduleId,
        log,
        async turn() {
          await fireDue(own);
          await submitReadyRuns(own);
        },
        async endAll(decision) {
          await complete(database, decision);
          await endRuns(own);
        },
      };
      await fc.asyncModelRun(() => ({ model, real }), commands);
    }),
    { numRuns },
  );
}

async function create(
  { ctx }: Service,
  name: string,
  { kind, time }: ModelRule,
  catch_up: ScheduleModel["catchUp"],
): Promise<number> {
  const [hour, minute] = time.split(":").map(Number);
  const { schedule_id } = await createSchedule.call(ctx, {
    name,
    strategy_name: "MovingAverageCrossover",
    parameters: { symbol: "X", use_real_data: true, short_window: 1, long_window: 2 },
    when:
      kind === "sessions"
        ? { days: "every_session", time }
        : { cron: `${minute} ${hour} * * *`, time_zone: "America/New_York" },
    prices: { refresh: false, wait_minutes: waitMinutes },
    catch_up,
    catch_up_hours: 48,
  });
  return schedule_id;
}

async function emptyOut({ db }: Database, now: number): Promise<void> {
  for (const table of ["schedules", "schedule_runs", "exchange_days", "executions"]) {
    await db.execute(`delete from ${table}`);
  }
  await setTestClock(db, now);
}

/** What a worker would store for this decision. */
async function complete({ db }: Database, decision: string): Promise<void> {
  const result = JSON.stringify({ portfolio: { weights: { X: 1 }, mode: decision } });
  await db.execute(`
    update executions set status = 'completed', completed_at = now(), result = '${result}' where completed_at is null`);
}
