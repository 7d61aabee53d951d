import {
  cancelExecution,
  createSigningSecret,
  endSigningSecret,
  cancelSweep,
  executeStrategy,
  getCalendar,
  getExecution,
  getSeries,
  getStrategy,
  getSweep,
  getSweepTable,
  deleteDataSeries,
  deletePrices,
  getPrices,
  importDataSeries,
  importPrices,
  listDataSeries,
  listDeliveryAttempts,
  listExecutions,
  listPrices,
  listSigningSecrets,
  listStrategies,
  backfillSchedule,
  createSchedule,
  deleteSchedule,
  getSchedule,
  getToday,
  listScheduleRuns,
  listSchedules,
  pauseSchedule,
  refreshPrices,
  resumeSchedule,
  triggerSchedule,
  updateSchedule,
  previewSchedule,
  rotateSigningSecret,
  setExchangeDay,
  listSweeps,
  submitSweep,
  builtInStrategies,
} from "@strategy-executor/core";
import { startReceiver } from "@strategy-executor/core/testing";
import { describe, expect, it, vi } from "vitest";
import { describeTransports, type Service } from "./describe-transports.ts";
import { restTransport } from "./rest-transport.ts";

const csv = "date,ticker,close,adj_close\n2024-01-02,SPY,10,9\n2024-01-03,SPY,11,10\n";
const anything = expect.any(String);

describeTransports("operations", (service, transport) => {
  const { call } = service;

  describe("executeStrategy", () => {
    it("accepts at once, and the execution completes with a result, its series and its callback", async () => {
      await using receiver = await startReceiver();
      const accepted = await call(executeStrategy, {
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "BAA-G4" },
        callback_url: receiver.url,
      });
      expect(accepted).toEqual({
        execution_id: expect.any(Number),
        status: "pending",
        message: "Strategy execution started",
        callback_url: receiver.url,
      });
      const { execution_id } = accepted;
      const execution = await ended(service, execution_id);
      expect(execution).toMatchObject({
        strategy: "BoldAssetAllocation",
        status: "completed",
        execution_parameters: { variant: "BAA-G4", initial_capital: 100_000 },
        result: { strategy: "BoldAssetAllocation", variant: "BAA-G4", final_value: expect.any(Number) },
      });
      const series = await call(getSeries, { execution_id });
      expect(series.equity.at(-1)).toBe(execution.result?.final_value);
      await receiver.arrived(1);
      await vi.waitUntil(async () => (await call(getExecution, { execution_id })).callback?.sent === true);
      expect(await call(listDeliveryAttempts, { execution_id })).toMatchObject({
        attempts: [
          {
            number: 1,
            url: receiver.url,
            duration_ms: expect.any(Number),
            signed_with: [],
            response: { status_code: 200 },
          },
        ],
        next_cursor: null,
      });
    });

    it("keeps parameters unchanged, whatever they contain", async () => {
      const parameters = { camelCase: { snake_case: [1, 2.5, null, true, "텍스트"] }, "with blanks": {} };
      const { execution_id } = await call(executeStrategy, { strategy_name: "Slow", parameters });
      expect(await ended(service, execution_id)).toMatchObject({
        status: "failed",
        error_message: expect.stringContaining("milliseconds"),
        execution_parameters: parameters,
      });
    });

    it("fails the execution, not the request, when the strategy refuses its parameters", async () => {
      const { execution_id } = await call(executeStrategy, {
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "INVALID" },
      });
      expect(await ended(service, execution_id)).toEqual({
        execution_id,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "failed",
        started_at: anything,
        completed_at: anything,
        execution_parameters: { variant: "INVALID" },
        error_message: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
        callback: null,
        label: null,
        schedule_id: null,
        retry_of: null,
        kind: "execution",
        accepted_at: anything,
      });
    });

    it("refuses an unknown strategy and names the known ones", async () => {
      await expect(call(executeStrategy, { strategy_name: "Nope" })).rejects.toMatchObject({
        code: "not_found",
        message: expect.stringMatching(
          /^Unknown strategy: Nope\. Available strategies: BoldAssetAllocation, .*, Slow, Unhurried$/,
        ),
        fields: [],
      });
    });

    it("refuses an invalid URL, and names the field", async () => {
      const refused = call(executeStrategy, { strategy_name: "Slow", callback_url: "ftp://h/x" });
      await expect(refused).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringMatching(/^callback_url: /),
        fields: [{ path: "callback_url", message: anything }],
      });
    });
  });

  describe("schedules", () => {
    it("are created, triggered, edited and deleted, and say what they decided", async () => {
      const name = `${transport.name} at month end`;
      const created = await call(createSchedule, {
        name,
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "BAA-G4" },
        when: { days: "month_end", exchange: "XKRX" },
        label: "tactical",
        callback: { url: "http://127.0.0.1:8999/", when: "never" },
      });
      const { schedule_id } = created;
      expect(created).toMatchObject({
        client: "local",
        name,
        when: { days: "month_end", exchange: "XKRX", time: { after_close: 30 }, time_zone: "Asia/Seoul", offset: 0 },
        prices: { refresh: true, wait_minutes: 720 },
        callback: { format: "json", max_attempts: 1, when: "never", min_turnover: 0 },
        version: 1,
        description: "30 minutes after the close on the last session of every month (XKRX)",
        next_at: anything,
        decision: null,
      });
      expect(await call(getSchedule, { schedule_id })).toEqual(created);
      expect((await call(listSchedules, {})).schedules).toContainEqual(created);
      expect(await call(triggerSchedule, { schedule_id })).toMatchObject({ origin: "trigger", schedule_id });
      const run = await vi.waitUntil(async () => {
        const { runs } = await call(listScheduleRuns, { schedule_id });
        return runs.find(({ state }) => state === "ended");
      }, 20_000);
      expect(run).toMatchObject({ changed: true, notification: "none", execution_id: expect.any(Number) });
      expect(await call(listExecutions, { schedule_id, label: "tact" })).toMatchObject({
        executions: [{ execution_id: run.execution_id, schedule_id, label: "tactical" }],
        next_cursor: null,
      });
      const { schedules } = await call(getToday, {});
      expect(schedules.find((today) => today.schedule_id === schedule_id)).toMatchObject({
        name,
        execution_id: run.execution_id,
        changed: true,
        previous: null,
        decision: { weights: expect.any(Object) },
      });
      expect(await call(backfillSchedule, { schedule_id, from: "2024-01-01", to: "2024-02-29" })).toEqual({
        backfilled: 2,
      });
      expect(await call(updateSchedule, { schedule_id, version: 1, catch_up: "all" })).toMatchObject({
        version: 2,
        catch_up: "all",
      });
      const labelled = await call(updateSchedule, { schedule_id, version: 2, label: "taxed" });
      expect(labelled).toMatchObject({ label: "taxed", catch_up: "all" });
      const plain = await call(updateSchedule, { schedule_id, version: 3, label: null, name: null });
      expect(plain).toMatchObject({ label: null, name: labelled.name, catch_up: "all" });
      const stale = call(updateSchedule, { schedule_id, version: 1, catch_up: "none" });
      await expect(stale).rejects.toMatchObject({ code: "conflict", fields: [{ path: "version" }] });
      expect(await call(pauseSchedule, { schedule_id, note: "later" })).toMatchObject({ pause_note: "later" });
      expect(await call(resumeSchedule, { schedule_id })).toMatchObject({ paused_at: null, pause_note: null });
      expect(await call(deleteSchedule, { schedule_id })).toMatchObject({ schedule_id });
      await expect(call(getSchedule, { schedule_id })).rejects.toMatchObject({
        code: "not_found",
        message: `There is no schedule ${schedule_id}`,
      });
    });
  });

  describe("refreshPrices", () => {
    it("says what became of each ticker", async () => {
      expect(await call(refreshPrices, { tickers: ["NONE"], limit: 1 })).toEqual({
        tickers: [
          {
            ticker: "NONE",
            outcome: "failed",
            provider: "files",
            first_day: null,
            last_day: null,
            rows: 0,
            new_days: 0,
            message: "There is no file of NONE",
          },
        ],
        next_cursor: null,
      });
      const refused = call(refreshPrices, { tickers: ["two words"] });
      await expect(refused).rejects.toMatchObject({ code: "invalid", fields: [{ path: "tickers.0" }] });
    });
  });

  describe("previewSchedule", () => {
    it("shows the next fires of a rule, through a change of the clock", async () => {
      const when = { days: "every_session", time: "16:30" } as const;
      expect(await call(previewSchedule, { when, from: "2027-03-12T22:00:00.000Z", count: 1 })).toEqual({
        description: "At 16:30 in America/New_York on every session (XNYS)",
        fires: [{ fire_at: "2027-03-15T20:30:00.000Z", local: "2027-03-15T16:30:00-04:00", trading_day: "2027-03-15" }],
        warnings: [],
      });
      expect((await call(previewSchedule, { when: { cron: "0 7 * * 1-5" } })).fires).toHaveLength(10);
    });

    it.each([
      [{ days: "month_end", cron: "0 0 * * *" }, "when.days"],
      [{ cron: "0 0 0 * * *" }, "when.cron"],
      [{ cron: "0 0 * 2 1#5" }, "when.cron"],
      [{ days: "month_end", time_zone: "Mars/Olympus" }, "when.time_zone"],
      [{ days: "month_end", exchange: "XLON" }, "when.exchange"],
    ])("refuses %j at its field", async (when, path) => {
      const from = "2026-11-29T00:00:00.000Z";
      const refused = call(previewSchedule, { when: when as never, from });
      await expect(refused).rejects.toMatchObject({ code: "invalid", fields: [{ path }] });
    });
  });

  describe("getCalendar and setExchangeDay", () => {
    it("show an exchange's sessions, and let an operator set a day and leave it to the rules again", async () => {
      const december = { exchange: "XNYS", from: "2026-12-24", to: "2026-12-31" };
      const session = (day: string) => ({ day: `2026-12-${day}`, close: "16:00", early: false });
      const byRules = {
        exchange: "XNYS",
        time_zone: "America/New_York",
        horizon: null,
        sessions: [
          { day: "2026-12-24", close: "13:00", early: true },
          session("28"),
          session("29"),
          session("30"),
          session("31"),
        ],
        month_ends: ["2026-12-31"],
        exceptions: [],
      };
      expect(await call(getCalendar, december)).toEqual(byRules);

      const storm = { day: "2026-12-31", session: false, close: null, note: "A storm" };
      expect(await call(setExchangeDay, { exchange: "XNYS", ...storm })).toEqual(storm);
      expect(await call(getCalendar, december)).toEqual({
        ...byRules,
        sessions: byRules.sessions.slice(0, -1),
        month_ends: ["2026-12-30"],
        exceptions: [storm],
      });
      const short = { exchange: "XNYS", day: "2026-12-31", session: true, close: "12:00" };
      expect(await call(setExchangeDay, short)).toMatchObject({ session: true, close: "12:00", note: null });
      expect((await call(getCalendar, december)).sessions.at(-1)).toEqual({
        day: "2026-12-31",
        close: "12:00",
        early: true,
      });
      const cleared = { day: "2026-12-31", session: null };
      expect(await call(setExchangeDay, { exchange: "XNYS", ...cleared })).toMatchObject(cleared);
      expect(await call(getCalendar, december)).toEqual(byRules);
    });

    it("refuse what they do not know", async () => {
      // In an address an unknown name is one that is not found; GraphQL has an enumeration.
      const unknown =
        transport.name === "GraphQL"
          ? { code: "invalid", fields: [{ path: "exchange" }] }
          : { code: "not_found", message: "Unknown exchange: XLON. Known exchanges: XNYS, XKRX, weekdays" };
      await expect(call(getCalendar, { exchange: "XLON" })).rejects.toMatchObject(unknown);
      const upsideDown = call(getCalendar, { exchange: "XKRX", from: "2026-01-02", to: "2026-01-01" });
      await expect(upsideDown).rejects.toMatchObject({ code: "invalid", fields: [{ path: "to" }] });
      const tooLong = call(getCalendar, { exchange: "XKRX", from: "2026-01-02", to: "2077-01-02" });
      await expect(tooLong).rejects.toMatchObject({ code: "invalid", fields: [{ path: "to" }] });
      const unsaid = call(setExchangeDay, { exchange: "XKRX", day: "2026-01-02" });
      await expect(unsaid).rejects.toMatchObject({ code: "invalid", fields: [{ path: "session" }] });
    });
  });

  describe("getExecution", () => {
    it.each([getExecution, getSeries, listDeliveryAttempts, cancelExecution])(
      "is not found by $name either",
      async (operation) => {
        await expect(call(operation, { execution_id: 999_999 })).rejects.toMatchObject({
          code: "not_found",
          message: "There is no execution 999999",
          fields: [],
        });
      },
    );
  });

  describe("cancelExecution", () => {
    it("cancels an open execution, once", async () => {
      const { execution_id } = await call(executeStrategy, {
        strategy_name: "Slow",
        parameters: { milliseconds: 60_000 },
      });
      await expect(call(getSeries, { execution_id })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringMatching(/: only a completed one has series$/),
      });
      expect(await call(cancelExecution, { execution_id })).toMatchObject({
        execution_id,
        status: "cancelled",
        error_message: "Cancelled",
      });
      await expect(call(cancelExecution, { execution_id })).rejects.toMatchObject({
        code: "conflict",
        message: `Execution ${execution_id} has ended already: it is cancelled`,
        fields: [],
      });
    });
  });

  describe("listExecutions", () => {
    it("lists matching executions newest first, page by page", async () => {
      const ids: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { execution_id } = await call(executeStrategy, { strategy_name: "MovingAverageCrossover" });
        await ended(service, execution_id);
        ids.unshift(execution_id);
      }
      const filter = { strategy: "MovingAverageCrossover", status: "completed", limit: 2 };
      const first = await call(listExecutions, filter);
      expect(first.executions.map(({ execution_id }) => execution_id)).toEqual(ids.slice(0, 2));
      const second = await call(listExecutions, { ...filter, cursor: first.next_cursor });
      expect(second.executions[0]).toMatchObject({ execution_id: ids[2], strategy: "MovingAverageCrossover" });
      expect(await call(listExecutions, { ...filter, strategy: "Nope" })).toEqual({
        executions: [],
        next_cursor: null,
      });
    });

    it("finds executions and sweeps by the beginning of their label, whatever characters it has", async () => {
      const strategy_name = "MovingAverageCrossover";
      const label = `${transport.name} 100%_\\ 텍스트`;
      const { execution_id } = await call(executeStrategy, { strategy_name, label });
      const sweep = await call(submitSweep, { strategy_name, label, grid: { axes: { short_window: [5, 10] } } });
      await call(executeStrategy, { strategy_name, label: `${transport.name} 1000 other` });
      const found = async (prefix: string) =>
        (await call(listExecutions, { label: prefix })).executions.map((one) => [one.execution_id, one.label]);
      const both = [
        [sweep.execution_id, label],
        [execution_id, label],
      ];
      expect(await found(label)).toEqual(both);
      expect(await found(`${transport.name} 100%`)).toEqual(both);
      expect(await found(`${transport.name} 100_`)).toEqual([]);
      expect(await call(getSweep, { execution_id: sweep.execution_id })).toMatchObject({ label, schedule_id: null });
      for (const wrong of ["", "x".repeat(101), "two\nlines"]) {
        const refused = call(executeStrategy, { strategy_name, label: wrong });
        await expect(refused).rejects.toMatchObject({ code: "invalid", fields: [{ path: "label" }] });
      }
    });

    it.each([
      ["limit", { limit: 501 }],
      ["limit", { limit: 0 }],
      ["cursor", { cursor: "nonsense" }],
      ["status", { status: "done" }],
    ])("refuses a bad %s", async (field, input) => {
      await expect(call(listExecutions, input)).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringMatching(new RegExp(`^${field}: `)),
        fields: [{ path: field, message: anything }],
      });
    });
  });

  describe("sweeps", () => {
    const crossovers = {
      strategy_name: "MovingAverageCrossover",
      parameters: { start_date: "2023-01-02" },
      grid: { axes: { short_window: { from: 5, to: 20, step: 5 }, long_window: [10, 20, 30] } },
    };

    it("are accepted at once, and report their result, in a callback too", async () => {
      await using receiver = await startReceiver();
      const accepted = await call(submitSweep, {
        ...crossovers,
        objective: "cagr",
        best: 2,
        callback_url: receiver.url,
      });
      expect(accepted).toEqual({
        execution_id: expect.any(Number),
        status: "pending",
        message: "Sweep started",
        combinations: 12,
        callback_url: receiver.url,
      });
      const { execution_id } = accepted;
      const execution = await ended(service, execution_id);
      const sweep = await call(getSweep, { execution_id });
      expect(sweep).toMatchObject({
        status: "completed",
        parameters: crossovers.parameters,
        objective: "cagr",
        best: 2,
        walk_forward: null,
        combinations: 12,
        evaluated: 8,
        invalid: 4,
        failed: 0,
      });
      expect(sweep.result).toEqual(execution.result);
      const found = sweep.result!.sweep!;
      expect(found.best).toHaveLength(2);
      expect(found.best[0]!.metrics.final_value).toBeCloseTo(sweep.result!.final_value, 3);
      expect(found.best[0]!.metrics.cagr).toBeGreaterThanOrEqual(found.best[1]!.metrics.cagr!);
      expect(found.heat_map).toMatchObject({ x: "long_window", y: "short_window", x_values: [10, 20, 30] });
      await receiver.arrived(1);
      expect(receiver.received[0]!.body).toMatchObject({ execution_id, status: "completed", result: sweep.result });
      expect((await call(listSweeps, { limit: 1 })).sweeps).toMatchObject([{ execution_id, evaluated: 8 }]);
    });

    it("show their table page by page", async () => {
      const { execution_id } = await call(submitSweep, crossovers);
      await ended(service, execution_id);
      const first = await call(getSweepTable, { execution_id, limit: 5 });
      expect(first.columns.slice(0, 4)).toEqual(["combination", "long_window", "short_window", "return"]);
      const second = await call(getSweepTable, { execution_id, limit: 5, cursor: first.next_cursor });
      const rows = [...first.rows, ...second.rows];
      expect(rows.map(([combination, long, short]) => `${combination}: ${long} ${short}`)).toEqual(
        "0: 10 5, 4: 20 5, 5: 20 10, 6: 20 15, 8: 30 5, 9: 30 10, 10: 30 15, 11: 30 20".split(", "),
      );
      expect(second.next_cursor).toBeNull();
    });

    it("are cancelled, and then have no table", async () => {
      const { execution_id } = await call(submitSweep, {
        strategy_name: "Slow",
        parameters: { milliseconds: 60_000 },
        grid: { axes: { seed: [1, 2, 3] } },
      });
      expect(await call(cancelSweep, { execution_id })).toMatchObject({
        status: "cancelled",
        error_message: "Cancelled",
      });
      await expect(call(getSweepTable, { execution_id })).rejects.toMatchObject({
        code: "conflict",
        message: `Sweep ${execution_id} is cancelled: only a completed one has a table`,
      });
    });

    it("are not plain executions", async () => {
      const { execution_id } = await call(executeStrategy, { strategy_name: "MovingAverageCrossover" });
      for (const operation of [getSweep, getSweepTable, cancelSweep]) {
        await expect(call(operation, { execution_id })).rejects.toMatchObject({
          code: "not_found",
          message: `Execution ${execution_id} is not a sweep`,
        });
      }
      await ended(service, execution_id);
    });

    it.each([
      ["grid.axes.nope", { grid: { axes: { nope: [1] } } }],
      ["grid.axes.seed", { grid: { axes: { seed: [1] } }, parameters: { seed: 1 } }],
      ["parameters.nope", { parameters: { nope: 1 } }],
      ["grid.axes.long_window", { grid: { axes: { long_window: { from: 10, to: 5 } } } }],
      ["heat_map.1", { heat_map: ["short_window", "fill"] }],
      ["walk_forward.train", { walk_forward: { train: 0, test: 5 } }],
      ["objective", { objective: "fame" }],
    ])("are refused at once for an invalid %s", async (path, wrong) => {
      await expect(call(submitSweep, { ...crossovers, ...wrong })).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path: expect.stringContaining(path) }],
      });
    });
  });

  describe("strategies", () => {
    it("are listed and read identically", async () => {
      const { strategies } = await call(listStrategies, {});
      expect(strategies.map(({ name }) => name)).toEqual([
        ...builtInStrategies.map(({ name }) => name),
        "Slow",
        "Unhurried",
      ]);
      for (const strategy of strategies) expect(await call(getStrategy, { name: strategy.name })).toEqual(strategy);
    });

    it("are listed by family", async () => {
      const { strategies } = await call(listStrategies, { family: "technical" });
      expect(strategies.map(({ name }) => name)).toContain("RsiReversion");
      expect(new Set(strategies.map(({ family }) => family))).toEqual(new Set(["technical"]));
    });
  });

  describe("prices", () => {
    it("are loaded and listed", async () => {
      const ticker = transport.name.toUpperCase();
      const imported = await call(importPrices, { csv: csv.replaceAll("SPY", ticker), source: "a test" });
      const held = { ticker, first_day: "2024-01-02", last_day: "2024-01-03", rows: 2 };
      expect(imported).toMatchObject({ rows: 2, tickers: [{ ...held, replaced: null }] });
      expect((await call(listPrices, {})).prices).toContainEqual({
        ...held,
        source: "a test",
        exchange: "XNYS",
        bars: [],
        sessions_behind: expect.any(Number),
        warnings: [],
      });
    });

    it("are read in part, and removed", async () => {
      const ticker = `${transport.name.toUpperCase()}.R`;
      const days = Array.from({ length: 7 }, (_, day) => `2024-01-0${day + 1}`);
      const rows = days.map((day, index) => `${day},${ticker},${index === 0 ? "" : index + 20},${index + 10}\n`);
      await call(importPrices, { csv: `date,ticker,close,adj_close\n${rows.join("")}`, source: "a test" });
      const about = { ticker, source: "a test", exchange: "XNYS" };
      expect(await call(getPrices, { ticker })).toEqual({
        ...about,
        days,
        close: [null, 21, 22, 23, 24, 25, 26],
        adj_close: [10, 11, 12, 13, 14, 15, 16],
      });
      const part = await call(getPrices, { ticker, from: "2024-01-02", to: "2024-01-06", every: 3 });
      expect(part).toEqual({
        ...about,
        days: [days[1], days[4], days[5]],
        close: [21, 24, 25],
        adj_close: [11, 14, 15],
      });
      expect(await call(getPrices, { ticker, from: "2025-01-01" })).toMatchObject({ days: [], close: [] });
      await expect(call(getPrices, { ticker, every: 0 })).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path: "every" }],
      });
      expect(await call(deletePrices, { ticker })).toMatchObject({ ticker, rows: 7, source: "a test" });
      const gone = { code: "not_found", message: `There are no prices of ${ticker}` };
      await expect(call(getPrices, { ticker })).rejects.toMatchObject(gone);
      await expect(call(deletePrices, { ticker })).rejects.toMatchObject(gone);
    });

    it("of no kind, data series, are loaded, listed and removed", async () => {
      const name = `RATE.${transport.name}`;
      const held = { name, first_day: "2024-01-01", last_day: "2024-03-01", rows: 2 };
      const rates = "month,value\n2024-01,1.5\n2024-02,\n2024-03,2\n";
      const report = { ...held, blank_rows: 1, replaced: null };
      expect(await call(importDataSeries, { name, csv: rates, source: "a test" })).toEqual({
        ...report,
        unchanged: false,
      });
      expect(await call(importDataSeries, { name, csv: rates })).toEqual({ ...report, unchanged: true });
      expect((await call(listDataSeries, {})).data_series).toContainEqual({ ...held, source: "a test" });
      await expect(call(importDataSeries, { name, csv: `${rates}2024-03,x\n` })).rejects.toMatchObject({
        code: "invalid",
        message: "upload, line 5: 2024-03-01 is there twice",
      });
      expect(await call(deleteDataSeries, { name })).toEqual({ ...held, source: "a test" });
      await expect(call(deleteDataSeries, { name })).rejects.toMatchObject({ code: "not_found" });
    });

    it("are refused with the number of the bad line", async () => {
      await expect(call(importPrices, { csv: `${csv}2024-01-04,SPY,x,1\n` })).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringContaining("line 4"),
      });
      // Hints name input fields, not options of a command.
      await expect(call(importPrices, { csv: `${csv}01/02/2024,SPY,1,1\n` })).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringContaining(
          transport.name === "GraphQL"
            ? "say which with dayOrder: DMY (day first) or dayOrder: MDY"
            : "say which with day_order=dmy (day first) or day_order=mdy",
        ),
      });
      await expect(call(importPrices, { csv, source: "\u0007" })).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path: "source", message: "must be 1 to 200 characters without control characters" }],
      });
    });
  });

  describe("signing secrets", () => {
    it("are created, rotated, listed and ended", async () => {
      const shown = { client: "local", created_at: anything, ends_at: null, active: true };
      const first = await call(createSigningSecret, {});
      const v1 = { ...shown, version: "v1", public_key: null };
      expect(first).toEqual({ ...v1, secret_id: anything, secret: expect.stringMatching(/^whsec_/) });
      const pair = await call(createSigningSecret, { version: "v1a" });
      expect(pair).toMatchObject({ version: "v1a", public_key: expect.stringMatching(/^whpk_/), secret: null });
      const second = await call(rotateSigningSecret, { overlap_hours: 1 });
      expect(second).toMatchObject(v1);
      const { secrets } = await call(listSigningSecrets, {});
      const listed = (id: string) => secrets.find(({ secret_id }) => secret_id === id);
      expect(listed(first.secret_id)).toMatchObject({ active: true, ends_at: anything });
      expect(listed(pair.secret_id)).toMatchObject({ active: true, ends_at: null });
      expect(JSON.stringify(secrets)).not.toContain("whsec_");
      for (const { secret_id } of [first, pair, second])
        expect(await call(endSigningSecret, { secret_id })).toMatchObject({ secret_id, active: false });
    });

    it("are refused when they do not exist", async () => {
      await expect(call(endSigningSecret, { secret_id: "sign_000000000000" })).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(call(rotateSigningSecret, { overlap_hours: -1 })).rejects.toMatchObject({
        code: "invalid",
        fields: [{ path: "overlap_hours" }],
      });
      await expect(call(rotateSigningSecret, { version: "v1a" })).rejects.toMatchObject({
        code: "not_found",
        message: "There is no v1a secret to replace: create one",
      });
    });
  });

  it("reads what REST reads", async () => {
    const { execution_id } = await call(executeStrategy, { strategy_name: "MovingAverageCrossover" });
    await ended(service, execution_id);
    for (const [operation, input] of [
      [listStrategies, {}],
      [getStrategy, { name: "BoldAssetAllocation" }],
      [listExecutions, { limit: 500 }],
      [getExecution, { execution_id }],
      [getSeries, { execution_id }],
      [listDeliveryAttempts, { execution_id }],
      [listSigningSecrets, {}],
      [listPrices, {}],
      [listDataSeries, {}],
      [listSweeps, {}],
    ] as const) {
      expect(await call(operation, input)).toEqual(await call(operation, input, restTransport));
    }
  });
});

async function ended({ call }: Service, execution_id: number) {
  await vi.waitUntil(async () => (await call(getExecution, { execution_id })).completed_at !== null, {
    timeout: 20_000,
  });
  return call(getExecution, { execution_id });
}
