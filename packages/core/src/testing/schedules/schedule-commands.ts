import { anybody, type Database, type Db, getSchedule } from "@strategy-executor/db";
import fc from "fast-check";
import { expect } from "vitest";
import type { Log } from "../../common/log.ts";
import type { Ctx } from "../../operations/operation.ts";
import {
  backfillSchedule,
  importPrices,
  listScheduleRuns,
  pauseSchedule,
  resumeSchedule,
  setExchangeDay,
  triggerSchedule,
  updateSchedule,
} from "../../operations/index.ts";
import * as model from "./schedule-model.ts";
import type { ScheduleModel } from "./schedule-model.ts";
import { setTestClock } from "./test-clock.ts";

/** A schedule of the real service whose scheduler runs only when called. */
export interface RealSchedule {
  readonly ctx: Ctx;
  readonly database: Database;
  readonly scheduleId: number;
  readonly log: Log;
  /** Fires what is due and submits what is ready. */
  turn(): Promise<void>;
  /** Ends what executes with this decision. */
  endAll(decision: string): Promise<void>;
}

type Command = fc.AsyncCommand<ScheduleModel, RealSchedule>;

/** Commands on a schedule. After each, its runs and its decision must equal the model's. */
export function scheduleCommands(): fc.Arbitrary<Iterable<Command>> {
  const minutes = (least: number, most: number) => fc.integer({ min: least, max: most });
  return fc.commands(
    [
      // The scheduler looks at its schedules at most every few seconds; after a downtime it looks at once at what it missed.
      minutes(1, 14).map((by) => advance(by)),
      minutes(60, 1_500).map((by) => advance(by)),
      minutes(1_000, 6_000).map((by) => advance(by)),
      fc.constant(command("prices until the last session", () => true, load)),
      fc.constantFrom("A", "B").map((decision) => command(`end all with ${decision}`, () => true, endAll(decision))),
      fc.constant(command("pause", (m) => !m.isPaused, pause)),
      fc.constant(command("resume", (m) => m.isPaused, resume)),
      minutes(1, 200).map((hours) => command(`edit to ${hours} hours`, () => true, edit(hours))),
      fc.constant(command("edit a stale version", (m) => m.version > 1, editStale)),
      minutes(1, 5).map((days) => command(`backfill ${days} days`, () => true, backfill(days))),
      fc.constant(command("trigger", () => true, trigger)),
      minutes(0, 3).map((days) => command(`close in ${days} days`, (m) => m.closed.size < 3, close(days))),
    ],
    { maxCommands: 30, size: "+1" },
  );
}

type Act = (m: ScheduleModel, real: RealSchedule) => Promise<void>;

function command(name: string, canRun: (m: Readonly<ScheduleModel>) => boolean, act: Act): Command {
  return {
    check: canRun,
    async run(m, real) {
      await act(m, real);
      await compare(m, real);
    },
    toString: () => name,
  };
}

function advance(byMinutes: number): Command {
  return command(
    `advance ${byMinutes} minutes`,
    () => true,
    async (m, real) => {
      m.now += byMinutes * 60_000;
      await setTestClock(real.database.db, m.now);
      await turn(m, real);
    },
  );
}

async function turn(m: ScheduleModel, real: RealSchedule): Promise<void> {
  model.step(m);
  await real.turn();
}

async function load(m: ScheduleModel, real: RealSchedule): Promise<void> {
  m.pricesUntil = model.lastClosed(m);
  await importUntil(real.ctx, m.pricesUntil);
  await turn(m, real);
}

function endAll(decision: string): Act {
  return async (m, real) => {
    model.endAll(m, decision);
    await real.endAll(decision);
  };
}

async function pause(m: ScheduleModel, { ctx, scheduleId }: RealSchedule): Promise<void> {
  m.isPaused = true;
  model.cancelWaiting(m);
  await pauseSchedule.call(ctx, { schedule_id: scheduleId });
}

async function resume(m: ScheduleModel, { ctx, scheduleId }: RealSchedule): Promise<void> {
  m.isPaused = false;
  m.firedUntil = m.now;
  await resumeSchedule.call(ctx, { schedule_id: scheduleId });
}

function edit(hours: number): Act {
  return async (m, { ctx, scheduleId }) => {
    const edited = { schedule_id: scheduleId, version: m.version, catch_up_hours: hours };
    m.version += 1;
    m.catchUpHours = hours;
    m.firedUntil = Math.max(m.firedUntil, m.now);
    expect(await updateSchedule.call(ctx, edited)).toMatchObject({ version: m.version });
  };
}

async function editStale(m: ScheduleModel, { ctx, scheduleId }: RealSchedule): Promise<void> {
  const stale = updateSchedule.call(ctx, { schedule_id: scheduleId, version: m.version - 1, catch_up_hours: 1 });
  await expect(stale).rejects.toMatchObject({ code: "conflict", fields: [{ path: "version" }] });
}

function backfill(days: number): Act {
  return async (m, real) => {
    const to = model.today(m.now);
    const from = new Date(Date.parse(to) - days * 86_400_000).toISOString().slice(0, 10);
    const fires = model.firesBetween(m, Date.parse(from) - 86_400_000, m.now);
    const wanted = fires.filter(({ fireAt }) => model.today(fireAt) >= from && !model.hasTried(m, fireAt));
    for (const one of wanted) {
      m.runs.delete(one.fireAt);
      model.addRun(m, one, "backfill");
    }
    const period = { schedule_id: real.scheduleId, from, to };
    expect(await backfillSchedule.call(real.ctx, period)).toEqual({ backfilled: wanted.length });
    await turn(m, real);
  };
}

async function trigger(m: ScheduleModel, real: RealSchedule): Promise<void> {
  const run = await triggerSchedule.call(real.ctx, { schedule_id: real.scheduleId });
  let fireAt = m.now;
  while (m.runs.has(fireAt)) fireAt += 1;
  expect(Date.parse(run.fire_at)).toBe(fireAt);
  model.addRun(m, { fireAt, tradingDay: m.rule.kind === "sessions" ? model.lastClosed(m) : null }, "trigger");
  await turn(m, real);
}

/** An unexpected closing, which the operator enters when its day has come, or before. */
function close(inDays: number): Act {
  return async (m, { ctx }) => {
    const day = model.today(m.now + inDays * 86_400_000);
    m.closed.add(day);
    await setExchangeDay.call(ctx, { exchange: "XNYS", day, session: false, note: "A storm" });
  };
}

/** Prices of the ticker X up to a day. */
export async function importUntil(ctx: Ctx, lastDay: string): Promise<void> {
  await importPrices.call(ctx, { ticker: "X", csv: `date,close\n2026-01-02,1\n2026-01-05,2\n${lastDay},3\n` });
}

async function compare(m: ScheduleModel, { ctx, database, scheduleId }: RealSchedule): Promise<void> {
  const { runs } = await listScheduleRuns.call(ctx, { schedule_id: scheduleId, limit: 500 });
  const found = runs
    .map(({ fire_at, origin, trading_day, state, changed }) => {
      return { fireAt: Date.parse(fire_at), tradingDay: trading_day, origin, state, changed };
    })
    .toReversed();
  expect(found).toEqual(model.shownRuns(m));
  expect(await decisionOf(database.db, scheduleId)).toBe(m.decision);
}

async function decisionOf(db: Db, scheduleId: number): Promise<string | null> {
  const schedule = await getSchedule(db, scheduleId, anybody);
  const { decision } = (schedule?.decision ?? { decision: null }) as { decision: { mode: string } | null };
  return decision?.mode ?? null;
}
