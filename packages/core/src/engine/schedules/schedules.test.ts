import type { ConnectOptions } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  backfillSchedule,
  createSchedule,
  deleteSchedule,
  getSchedule,
  getToday,
  importPrices,
  listScheduleRuns,
  pauseSchedule,
  resumeSchedule,
  setExchangeDay,
  triggerSchedule,
  updateSchedule,
} from "../../operations/index.ts";
import { storedMarket } from "../../prices/stored-market.ts";
import type { Market } from "../../market/price-table.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";

const baa = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };
const crossover = {
  strategy_name: "MovingAverageCrossover",
  parameters: { symbol: "X", use_real_data: true, short_window: 1, long_window: 2 },
};
/** The minute in which the tests began, each hour: a fire that comes by itself is an hour away. */
const begunAt = new Date(Math.floor(Date.now() / 60_000) * 60_000);
const hourly = { cron: `${begunAt.getUTCMinutes()} * * * *` };
const waitOptions = { timeout: 20_000, interval: 20 };

describeDatabases("schedules", (create) => {
  let test: TestDatabase;
  let service: Service;
  let names = 0;
  const unique = () => `schedule ${(names += 1)}`;
  beforeAll(async () => {
    test = await create();
    service = await start(test.options);
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("fire: one execution, whose first decision is a change and is sent; the same one again is withheld", async () => {
    await using receiver = await startReceiver();
    const { schedule_id } = await make({ ...baa, when: hourly, callback: { url: receiver.url } });
    await makeDue(schedule_id);
    const [first] = await ended(schedule_id, 1);
    expect(first).toMatchObject({ origin: "fire", changed: true, notification: "due", reason: null });
    await receiver.arrived(1);
    const { body } = receiver.received[0]!;
    expect(Object.keys(body)).toEqual([
      "execution_id",
      "strategy",
      "version",
      "status",
      "started_at",
      "completed_at",
      "execution_parameters",
      "result",
    ]);
    expect(body).toMatchObject({
      execution_id: first!.execution_id,
      status: "completed",
      result: {
        final_value: expect.any(Number),
        decision: {
          changed: true,
          turnover: expect.any(Number),
          previous: null,
          schedule: { schedule_id, name: expect.any(String), fire_at: first!.fire_at, trading_day: null },
        },
      },
    });

    await makeDue(schedule_id);
    const [second] = await ended(schedule_id, 2);
    expect(second).toMatchObject({
      changed: false,
      notification: "withheld",
      reason: "The decision has not changed",
    });
    expect(receiver.received).toHaveLength(1);
    const { schedules } = await getToday.call(service.ctx, {});
    expect(schedules.find((today) => today.schedule_id === schedule_id)).toMatchObject({
      execution_id: second!.execution_id,
      changed: false,
      turnover: 0,
      decision: { weights: expect.any(Object), mode: expect.any(String) },
    });
  });

  it("tell the receiver of a failure, unless it wants to hear nothing", async () => {
    await using receiver = await startReceiver();
    const wrong = { ...baa, parameters: { variant: "INVALID" }, when: hourly };
    const told = await make({ ...wrong, callback: { url: receiver.url } });
    const untold = await make({ ...wrong, callback: { url: receiver.url, when: "never" } });
    await makeDue(told.schedule_id);
    await makeDue(untold.schedule_id);
    expect(await ended(told.schedule_id, 1)).toMatchObject([
      { changed: null, notification: "due", reason: expect.stringContaining("Unknown variant: INVALID") },
    ]);
    expect(await ended(untold.schedule_id, 1)).toMatchObject([{ notification: "none" }]);
    await receiver.arrived(1);
    expect(receiver.received.map(({ body }) => body.status)).toEqual(["failed"]);
  });

  it("wait for the prices of their trading day, which an import brings", async () => {
    await load("2026-11-25");
    const { schedule_id } = await make({ ...crossover, when: { ...hourly, exchange: "XNYS" } });
    await makeDue(schedule_id);
    const [waiting] = await runs(schedule_id, 1);
    expect(waiting).toMatchObject({ state: "waiting", execution_id: null, trading_day: expect.any(String) });
    await load("2099-12-31");
    const [done] = await ended(schedule_id, 1);
    expect(done).toMatchObject({ trading_day: waiting!.trading_day, changed: true, notification: "none" });
  });

  it("fail and name the tickers when the prices have not come in time", async () => {
    await load("2026-11-25");
    const { schedule_id } = await make({
      ...crossover,
      when: { ...hourly, exchange: "XNYS" },
      prices: { wait_minutes: 0 },
    });
    await makeDue(schedule_id);
    expect((await ended(schedule_id, 1))[0]!.reason).toMatch(
      /^The execution failed: Prices are wanted until \d{4}-\d\d-\d\d, but end earlier: X on 2026-11-25$/,
    );
  });

  it("supersede a run that still waits", async () => {
    await load("2026-11-25");
    const { schedule_id } = await make({ ...crossover, when: { ...hourly, exchange: "XNYS" } });
    await makeDue(schedule_id);
    await runs(schedule_id, 1);
    await makeDue(schedule_id);
    await vi.waitFor(async () => {
      const found = await listed(schedule_id);
      expect(found[0]).toMatchObject({ state: "waiting" });
      expect(found.slice(1).map(({ state }) => state)).toContain("superseded");
    }, waitOptions);
    const paused = await pauseSchedule.call(service.ctx, { schedule_id, note: "enough" });
    expect(paused).toMatchObject({ pause_note: "enough", next_at: null, paused_at: expect.any(String) });
    expect((await listed(schedule_id))[0]).toMatchObject({ state: "cancelled", reason: "The schedule was paused" });
  });

  it("do not fire while they are paused, and catch nothing up", async () => {
    const { schedule_id } = await make({ ...baa, when: { days: "month_end" } });
    await pauseSchedule.call(service.ctx, { schedule_id });
    await makeDue(schedule_id);
    const resumed = await resumeSchedule.call(service.ctx, { schedule_id });
    expect(Date.parse(resumed.next_at!)).toBeGreaterThan(Date.now());
    expect(await listed(schedule_id)).toEqual([]);
  });

  it("can be triggered, while they are paused too", async () => {
    const { schedule_id } = await make({ ...baa, when: { days: "month_end" } });
    await pauseSchedule.call(service.ctx, { schedule_id });
    expect(await triggerSchedule.call(service.ctx, { schedule_id })).toMatchObject({
      origin: "trigger",
      trading_day: expect.any(String),
    });
    expect(await ended(schedule_id, 1)).toMatchObject([{ origin: "trigger", changed: true }]);
    expect(await getSchedule.call(service.ctx, { schedule_id })).toMatchObject({
      decision: { weights: expect.any(Object) },
      decided_on: expect.any(String),
    });
  });

  it("show what they decided, however many have not decided yet", async () => {
    const client = { id: "many", scopes: new Set(["read", "execute"] as const) };
    const ctx = { ...service.ctx, client };
    const { schedule_id: first } = await createSchedule.call(ctx, { ...baa, name: "0", when: { days: "year_end" } });
    await service.database.db.execute(`
      insert into schedules (client, name, spec, version, next_at)
      select client, n::text, spec, version, next_at from schedules, generate_series(1, 1000) as n where id = ${first}`);
    const { schedule_id } = await createSchedule.call(ctx, { ...baa, name: "last", when: { days: "year_end" } });
    await triggerSchedule.call(ctx, { schedule_id });
    await vi.waitFor(async () => {
      const { schedules } = await getToday.call(ctx, {});
      expect(schedules).toMatchObject([{ schedule_id, name: "last", changed: true }]);
    }, waitOptions);
    await service.database.db.execute(`delete from schedules where client = 'many'`);
  });

  it("are backfilled once, without a callback and without touching the decision", async () => {
    await using receiver = await startReceiver();
    const { schedule_id } = await make({ ...baa, when: { days: "month_end" }, callback: { url: receiver.url } });
    const period = { schedule_id, from: "2024-01-01", to: "2024-04-30" };
    expect(await backfillSchedule.call(service.ctx, period)).toEqual({ backfilled: 4 });
    expect(await backfillSchedule.call(service.ctx, period)).toEqual({ backfilled: 0 });
    const found = await ended(schedule_id, 4);
    expect(found.map(({ trading_day, origin, notification }) => [trading_day, origin, notification])).toEqual(
      ["2024-04-30", "2024-03-28", "2024-02-29", "2024-01-31"].map((day) => [day, "backfill", "none"]),
    );
    expect((await getSchedule.call(service.ctx, { schedule_id })).decision).toBeNull();
    expect(receiver.received).toEqual([]);
  });

  it("are backfilled where a fire was missed", async () => {
    const when = { days: "month_end" };
    const { schedule_id } = await make({ ...baa, when, catch_up: "none" });
    await service.database.db.execute(`update schedules set next_at = '2024-01-31 21:30Z' where id = ${schedule_id}`);
    service.ctx.schedules.changed();
    // Later fires are missed too, and one that is due while the test runs is not.
    const early = async (state: string) =>
      (await listed(schedule_id, 500)).filter((run) => run.trading_day! < "2024-05-01" && run.state === state);
    await vi.waitFor(async () => expect(await early("missed")).toHaveLength(4), waitOptions);
    const missed = await early("missed");
    const period = { schedule_id, from: "2024-01-01", to: "2024-04-30" };
    expect(await backfillSchedule.call(service.ctx, period)).toEqual({ backfilled: 4 });
    expect(await backfillSchedule.call(service.ctx, period)).toEqual({ backfilled: 0 });
    await vi.waitFor(async () => expect(await early("ended")).toHaveLength(4), waitOptions);
    const done = await early("ended");
    expect(done).toMatchObject(
      done.map(() => ({ origin: "backfill", reason: null, execution_id: expect.any(Number) })),
    );
    expect(done.map(({ fire_at }) => fire_at)).toEqual(missed.map(({ fire_at }) => fire_at));
  });

  it("are edited by version", async () => {
    const { schedule_id, version, name } = await make({ ...baa, when: { days: "month_end" } });
    const edited = await updateSchedule.call(service.ctx, { schedule_id, version, catch_up: "none" });
    expect(edited).toMatchObject({ version: version + 1, catch_up: "none", name, when: { days: "month_end" } });
    await expect(updateSchedule.call(service.ctx, { schedule_id, version, catch_up: "all" })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ path: "version" }],
    });
    const other = await make({ ...baa, when: { days: "month_end" } });
    const renamed = updateSchedule.call(service.ctx, { schedule_id, version: 2, name: other.name });
    await expect(renamed).rejects.toMatchObject({ code: "conflict", fields: [{ path: "name" }] });
    await expect(createSchedule.call(service.ctx, { ...baa, name, when: hourly })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ path: "name" }],
    });
  });

  it("say what may be a mistake in their rule", async () => {
    const early = { days: "month_end", exchange: "XNYS", time: { before_close: 15 } };
    const { schedule_id, version, warnings } = await make({ ...baa, when: early });
    expect(warnings).toEqual([expect.stringMatching(/^Fires before XNYS closes on \d{4}-\d\d-\d\d: /)]);
    expect((await getSchedule.call(service.ctx, { schedule_id })).warnings).toEqual(warnings);
    const mended = { schedule_id, version, when: { days: "month_end", exchange: "weekdays" } as const };
    expect((await updateSchedule.call(service.ctx, mended)).warnings).toEqual([]);
  });

  it("keep their whole address when an administrator sends back the masked one", async () => {
    const url = "http://127.0.0.1:4321/services/secret";
    const { schedule_id, version } = await make({ ...baa, when: hourly, callback: { url, format: "slack" } });
    const ctx = { ...service.ctx, client: { id: "administrator", scopes: new Set(["admin"] as const) } };
    const { callback } = await getSchedule.call(ctx, { schedule_id });
    expect(callback!.url).toBe("http://127.0.0.1:4321/services/***");
    for (const format of ["json", "slack"] as const) {
      const masked = { schedule_id, version, callback: { url: callback!.url, format } };
      await expect(updateSchedule.call(ctx, masked)).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path: "callback.url", message: "is masked: give the whole address" }],
      });
    }
    await updateSchedule.call(ctx, { schedule_id, version, label: "edited" });
    expect((await getSchedule.call(service.ctx, { schedule_id })).callback).toMatchObject({ url, format: "slack" });
  });

  it("lose optional fields that an edit sets to null, and keep those that it leaves out", async () => {
    const callback = { url: "http://127.0.0.1:4321/hook", max_attempts: 3 };
    const { schedule_id, version } = await make({ ...baa, when: hourly, label: "taxed", callback, catch_up: "all" });
    const kept = await updateSchedule.call(service.ctx, { schedule_id, version, priority: "low", name: null });
    expect(kept).toMatchObject({ label: "taxed", callback, priority: "low", catch_up: "all" });
    const removed = { label: null, callback: null, catch_up: null, when: null, strategy_name: null };
    const edited = await updateSchedule.call(service.ctx, { schedule_id, version: version + 1, ...removed });
    expect(edited).toMatchObject({ label: null, callback: null, catch_up: "latest", priority: "low", when: hourly });
    expect(edited).toMatchObject({ name: kept.name, strategy_name: baa.strategy_name, parameters: baa.parameters });
  });

  it("move with a day that the operator sets", async () => {
    const rule = { days: "month_end", exchange: "XKRX" };
    const { schedule_id, next_at } = await make({ ...baa, when: rule });
    const day = next_at!.slice(0, 10);
    await setExchangeDay.call(service.ctx, { exchange: "XKRX", day, session: false });
    const { next_at: moved } = await getSchedule.call(service.ctx, { schedule_id });
    expect(moved).not.toBe(next_at);
    await setExchangeDay.call(service.ctx, { exchange: "XKRX", day, session: null });
    expect((await getSchedule.call(service.ctx, { schedule_id })).next_at).toBe(next_at);
  });

  it("are gone when they are deleted", async () => {
    const { schedule_id } = await make({ ...baa, when: hourly });
    expect(await deleteSchedule.call(service.ctx, { schedule_id })).toMatchObject({ schedule_id });
    await expect(getSchedule.call(service.ctx, { schedule_id })).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([
    [{ strategy_name: "Nope", when: hourly }, "not_found"],
    [{ ...baa, when: { cron: "0 0 * 2 1#5" } }, "invalid"],
    [{ ...baa, when: hourly, callback: { url: "ftp://h/x" } }, "invalid"],
  ])("are refused: %j", async (input, code) => {
    await expect(make(input as never)).rejects.toMatchObject({ code });
  });

  function make(input: object) {
    return createSchedule.call(service.ctx, { name: unique(), ...input });
  }

  /** Puts the next fire to the minute in which the tests began. Runs that are there already move to the past. */
  async function makeDue(id: number): Promise<void> {
    const { db } = service.database;
    await db.execute(`update schedule_runs set fire_at = fire_at - interval '1 hour' where schedule_id = ${id}`);
    await db.execute(`update schedules set next_at = '${begunAt.toISOString()}' where id = ${id}`);
    service.ctx.schedules.changed();
  }

  async function listed(schedule_id: number, limit = 50) {
    return (await listScheduleRuns.call(service.ctx, { schedule_id, limit })).runs;
  }

  function runs(schedule_id: number, count: number) {
    return vi.waitFor(async () => {
      const found = await listed(schedule_id);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    }, waitOptions);
  }

  function ended(schedule_id: number, count: number) {
    return vi.waitFor(async () => {
      const found = (await listed(schedule_id)).filter(({ state }) => state === "ended");
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    }, waitOptions);
  }

  async function load(lastDay: string): Promise<void> {
    const csv = `date,close,adj_close\n2026-11-23,,1\n2026-11-24,,2\n${lastDay},,3\n`;
    await importPrices.call(service.ctx, { ticker: "X", csv });
  }
});

async function start(options: ConnectOptions): Promise<Service> {
  let stored: Market | undefined;
  const started = await startService(options, {
    market: { load: (tickers, extras) => stored!.load(tickers, extras) },
  });
  stored = storedMarket(started.database.db);
  return started;
}
