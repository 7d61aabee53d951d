import type { Database } from "@strategy-executor/db";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createSchedule,
  getSchedule,
  listScheduleRuns,
  pauseSchedule,
  setExchangeDay,
} from "../../operations/index.ts";
import { installTestClock, setTestClock } from "../../testing/schedules/test-clock.ts";
import { type Service, startService } from "../../testing/service.ts";
import { noopObserver } from "../lifecycle/observer.ts";
import { fireDue } from "./fire-due.ts";

describe("a day that an operator sets", () => {
  let test: TestDatabase;
  let service: Service;
  let names = 0;
  beforeAll(async () => {
    test = await createTestDatabase("postgres");
    await installTestClock(test.options, Date.parse("2026-11-20T12:00:00Z"));
    service = await startService(test.options, { works: false });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await db().execute("delete from exchange_days");
    await db().execute("delete from schedules");
  });

  it("runs a month end that moves to the past, once", async () => {
    const id = await make({ days: "month_end" }, "2026-11-20T12:00:00Z");
    // Thanksgiving's Friday has closed at 13:00, and is the last session if the exchange stays closed on Monday.
    await at("2026-11-29T19:00:00Z");
    await set("2026-11-30", { session: false });
    expect(await nextAt(id)).toBe("2026-11-27T18:30:00.000Z");
    expect(await fired(id)).toEqual([["2026-11-27", "catch_up", "waiting"]]);
    expect(await nextAt(id)).toBe("2026-12-31T21:30:00.000Z");
    await set("2026-11-30", { session: false });
    expect(await nextAt(id)).toBe("2026-12-31T21:30:00.000Z");
  });

  it("runs after an early close that is set too late", async () => {
    const id = await make({ days: "every_session" }, "2026-12-01T12:00:00Z");
    await at("2026-12-01T19:10:00Z");
    await set("2026-12-01", { session: true, close: "13:30" });
    expect(await fired(id)).toEqual([["2026-12-01", "fire", "waiting"]]);
    expect(await nextAt(id)).toBe("2026-12-02T21:30:00.000Z");
  });

  it("makes up for no time before the schedule was created, edited or resumed", async () => {
    const id = await make({ days: "month_end" }, "2026-11-28T12:00:00Z");
    const paused = await make({ days: "month_end" }, "2026-11-20T12:00:00Z");
    await pauseSchedule.call(service.ctx, { schedule_id: paused });
    await at("2026-11-29T19:00:00Z");
    await set("2026-11-30", { session: false });
    expect(await nextAt(id)).toBe("2026-12-31T21:30:00.000Z");
    expect(await fired(paused)).toEqual([]);
  });

  function db(): Database["db"] {
    return service.database.db;
  }

  async function at(iso: string): Promise<void> {
    await setTestClock(db(), Date.parse(iso));
  }

  async function make(when: object, createdAt: string): Promise<number> {
    await at(createdAt);
    const { schedule_id } = await createSchedule.call(service.ctx, {
      name: `schedule ${(names += 1)}`,
      strategy_name: "BoldAssetAllocation",
      when,
    });
    await db().execute(`update schedules set updated_at = '${createdAt}' where id = ${schedule_id}`);
    return schedule_id;
  }

  async function set(day: string, change: object): Promise<void> {
    await setExchangeDay.call(service.ctx, { exchange: "XNYS", day, ...change });
  }

  async function nextAt(schedule_id: number): Promise<string | null> {
    return (await getSchedule.call(service.ctx, { schedule_id })).next_at;
  }

  async function fired(schedule_id: number) {
    await fireDue({ database: service.database, observer: noopObserver, log: service.ctx.log });
    const { runs } = await listScheduleRuns.call(service.ctx, { schedule_id });
    return runs.map(({ trading_day, origin, state }) => [trading_day, origin, state]);
  }
});
