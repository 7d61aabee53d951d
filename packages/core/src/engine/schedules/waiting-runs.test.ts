import { databaseNow, waitingRuns } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { toIsoDay } from "../../market/calendar.ts";
import type { Market } from "../../market/price-table.ts";
import {
  createSchedule,
  deleteSchedule,
  importPrices,
  listExecutions,
  listScheduleRuns,
  triggerSchedule,
} from "../../operations/index.ts";
import { createPriceProviders } from "../../prices/providers/price-providers.ts";
import { storedMarket } from "../../prices/stored-market.ts";
import { lastClosedSession } from "../../schedules/session-fires.ts";
import { boldAssetAllocation } from "../../strategies/bold-asset-allocation.ts";
import { type PriceSite, startPriceSite } from "../../testing/price-site.ts";
import { type Service, startService } from "../../testing/service.ts";

const waitOptions = { timeout: 20_000, interval: 20 };

describeDatabases("runs that wait for prices", (create) => {
  let test: TestDatabase;
  let service: Service;
  let site: PriceSite;
  /** The minute in which the tests begin. Schedules fire then, and an hour later: a fire meanwhile would supersede a run that waits. */
  let begun: Date;
  /** The trading day of fires of now. */
  let today: string;
  const csv = new Map<string, string>();
  const made: number[] = [];
  let tickers = 0;
  beforeAll(async () => {
    test = await create();
    site = await startPriceSite(({ url }) => csv.get(url.slice(1, -4)) ?? { status: 503 });
    let stored: Market | undefined;
    service = await startService(test.options, {
      market: { load: (names, extras) => stored!.load(names, extras) },
      priceProviders: createPriceProviders({ provider: "files", files: site.origin }),
      refreshWaitsMs: [],
    });
    stored = storedMarket(service.database.db);
    const now = await databaseNow(service.database.db);
    begun = new Date(Math.floor(now / 60_000) * 60_000);
    today = toIsoDay(lastClosedSession(findExchange("XNYS"), now));
  });
  afterEach(async () => {
    for (const schedule_id of made.splice(0)) await deleteSchedule.call(service.ctx, { schedule_id });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("ask for them, each ticker once for all schedules, and execute when they are there", async () => {
    const symbol = await storedTicker();
    csv.set(symbol, fileUntil(today));
    const ids = [await make({ symbol }), await make({ symbol }), await make({ symbol })];
    await makeDue(ids);
    for (const id of ids) {
      expect(await runOf(id, "ended")).toMatchObject({ trading_day: today, changed: true, reason: null });
    }
    expect(asked(symbol)).toBe(1);
    const { executions } = await listExecutions.call(service.ctx, { schedule_id: ids[0], label: "sha" });
    expect(executions).toMatchObject([
      {
        label: "shared",
        schedule_id: ids[0],
        execution_parameters: { symbol, end_date: today, prices_until: today },
      },
    ]);
  });

  it("say what they wait for, ask again every ten minutes, and go on at once when an import brings them", async () => {
    const symbol = await storedTicker();
    const id = await make({ symbol });
    await makeDue([id]);
    const reason = `Waits for the prices of ${today}: ${symbol}`;
    expect(await runOf(id, "waiting")).toMatchObject({ reason, execution_id: null });
    await vi.waitFor(() => expect(asked(symbol)).toBe(1), waitOptions);
    const { db } = service.database;
    // Ten minutes pass for the run, but another schedule has asked for the ticker meanwhile.
    await db.execute(`update schedule_runs set asked_at = asked_at - interval '11 minutes' where schedule_id = ${id}`);
    service.ctx.schedules.changed();
    await vi.waitFor(async () => {
      const waiting = (await waitingRuns(db, 100, 0)).find(({ scheduleId }) => scheduleId === id);
      expect(waiting?.askedMs).toBeLessThan(9 * 60_000);
    }, waitOptions);
    expect(asked(symbol)).toBe(1);
    await db.execute(`update schedule_runs set asked_at = asked_at - interval '11 minutes' where schedule_id = ${id}`);
    await db.execute(
      `update price_requests set asked_at = asked_at - interval '11 minutes' where ticker = '${symbol}'`,
    );
    service.ctx.schedules.changed();
    await vi.waitFor(() => expect(asked(symbol)).toBe(2), waitOptions);
    await importPrices.call(service.ctx, { ticker: symbol, csv: fileUntil(today) });
    expect(await runOf(id, "ended")).toMatchObject({ reason: null, changed: true });
    expect(asked(symbol)).toBe(2);
  });

  it("ask for nothing where the schedule does not want it, and never for a ticker that is not stored", async () => {
    const symbol = await storedTicker();
    csv.set(symbol, fileUntil(today));
    const unasked = await make({ symbol }, { refresh: false, wait_minutes: 60 });
    const unknown = await make({ symbol: "NEVER" }, { wait_minutes: 60 });
    await makeDue([unasked, unknown]);
    expect((await runOf(unasked, "waiting")).reason).toBe(`Waits for the prices of ${today}: ${symbol}`);
    expect((await runOf(unknown, "waiting")).reason).toBe(`Waits for the prices of ${today}: NEVER`);
    expect([asked(symbol), asked("NEVER")]).toEqual([0, 0]);
  });

  it("name each ticker once", async () => {
    const schedule = await createSchedule.call(service.ctx, {
      name: "twice in the universe",
      strategy_name: "BoldAssetAllocation",
      parameters: { variant: "BAA-G12", use_real_data: true },
      when: { days: "month_end" },
    });
    await triggerSchedule.call(service.ctx, { schedule_id: schedule.schedule_id });
    const { reason } = await runOf(schedule.schedule_id, "waiting");
    const [named, more] = /: (.*) and (\d+) more$/.exec(reason!)!.slice(1);
    expect(new Set(named!.split(", ")).size).toBe(10);
    expect(Number(more)).toBe(new Set(boldAssetAllocation.universe({ variant: "BAA-G12" } as never)).size - 10);
    await deleteSchedule.call(service.ctx, { schedule_id: schedule.schedule_id });
  });

  it("end when they have waited long enough, and name the tickers that end early", async () => {
    const symbol = await storedTicker();
    const id = await make({ symbol }, { wait_minutes: 30 });
    await makeDue([id]);
    await runOf(id, "waiting");
    await service.database.db.execute(
      `update schedule_runs set created_at = created_at - interval '31 minutes' where schedule_id = ${id}`,
    );
    service.ctx.schedules.changed();
    expect((await runOf(id, "ended")).reason).toBe(
      `The execution failed: Prices are wanted until ${today}, but end earlier: ${symbol} on 2024-01-03`,
    );
  });

  /** A new ticker whose prices end long ago. */
  async function storedTicker(): Promise<string> {
    const ticker = `T${(tickers += 1)}`;
    await importPrices.call(service.ctx, { ticker, csv: fileUntil() });
    return ticker;
  }

  async function make(parameters: object, prices?: object): Promise<number> {
    const { schedule_id } = await createSchedule.call(service.ctx, {
      name: `schedule ${made.length} ${tickers}`,
      strategy_name: "MovingAverageCrossover",
      parameters: { use_real_data: true, short_window: 1, long_window: 2, ...parameters },
      label: "shared",
      when: { cron: `${begun.getUTCMinutes()} * * * *`, exchange: "XNYS" },
      prices,
    });
    made.push(schedule_id);
    return schedule_id;
  }

  async function makeDue(ids: readonly number[]): Promise<void> {
    await service.database.db.execute(
      `update schedules set next_at = '${begun.toISOString()}' where id in (${ids.join()})`,
    );
    service.ctx.schedules.changed();
  }

  /** The oldest run, once it is in the state and has said why. */
  function runOf(schedule_id: number, state: string) {
    return vi.waitFor(async () => {
      const { runs } = await listScheduleRuns.call(service.ctx, { schedule_id });
      const run = runs.at(-1);
      expect(run).toMatchObject({ state });
      if (state === "waiting") expect(run?.reason).not.toBeNull();
      return run!;
    }, waitOptions);
  }

  function asked(ticker: string): number {
    return site.requests.filter(({ url }) => url === `/${ticker}.csv`).length;
  }

  function fileUntil(lastDay?: string): string {
    const days = ["2024-01-02", "2024-01-03", ...(lastDay === undefined ? [] : [lastDay])];
    return `date,close,adj_close\n${days.map((day, index) => `${day},${index + 1},${index + 1}\n`).join("")}`;
  }
});
