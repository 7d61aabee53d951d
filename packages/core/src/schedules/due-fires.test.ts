import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findExchange } from "../exchanges/find-exchange.ts";
import { toIsoDay } from "../market/calendar.ts";
import { type CatchUp, catchUps, type DueFire, dueFires, punctualMs } from "./due-fires.ts";
import { type FindExchange, firesBetween, nextFire } from "./fires.ts";
import { WhenInput } from "./when.ts";

const exchanges: FindExchange = (name) => findExchange(name);
const daily = WhenInput.parse({ days: "every_session" });
const at = (iso: string): number => Date.parse(iso);
// Friday 27 November 2026 closes early.
const friday = at("2026-11-27T18:30:00Z");

function due(catchUp: CatchUp, now: number, dueAt = friday, catchUpHours = 168) {
  const { run, missed, nextAt } = dueFires(daily, exchanges, { dueAt, now, catchUp, catchUpHours });
  const days = (fires: readonly DueFire[]) =>
    fires.map(({ tradingDay, origin }) => `${toIsoDay(tradingDay!)} ${origin}`);
  return { run: days(run), missed: days(missed), next: new Date(nextAt!).toISOString() };
}

describe("fires that are due", () => {
  it.each(catchUps)("run when they are no more than 15 minutes late, under %s too", (catchUp) => {
    const next = "2026-11-30T21:30:00.000Z";
    expect(due(catchUp, friday)).toEqual({ run: ["2026-11-27 fire"], missed: [], next });
    expect(due(catchUp, friday + punctualMs)).toEqual({ run: ["2026-11-27 fire"], missed: [], next });
  });

  it("are caught up after a downtime: the latest, all, or none", () => {
    const wednesday = at("2026-12-02T12:00:00Z");
    const [first, second, third] = ["2026-11-27 catch_up", "2026-11-30 catch_up", "2026-12-01 catch_up"];
    const next = "2026-12-02T21:30:00.000Z";
    expect(due("latest", wednesday)).toEqual({ run: [third], missed: [first, second], next });
    expect(due("all", wednesday)).toEqual({ run: [first, second, third], missed: [], next });
    expect(due("none", wednesday)).toEqual({ run: [], missed: [first, second, third], next });
  });

  it("are missed beyond the hours that are caught up", () => {
    const wednesday = at("2026-12-02T12:00:00Z");
    expect(due("all", wednesday, friday, 24)).toMatchObject({
      run: ["2026-12-01 catch_up"],
      missed: ["2026-11-27 catch_up", "2026-11-30 catch_up"],
    });
    expect(due("latest", wednesday, friday, 1)).toMatchObject({ run: [], missed: { length: 3 } });
  });

  it("leave a late one out for a punctual one under `latest`", () => {
    const monday = at("2026-11-30T21:31:00Z");
    expect(due("latest", monday)).toMatchObject({ run: ["2026-11-30 fire"], missed: ["2026-11-27 catch_up"] });
    expect(due("all", monday)).toMatchObject({ run: ["2026-11-27 catch_up", "2026-11-30 fire"], missed: [] });
    expect(due("none", monday)).toMatchObject({ run: ["2026-11-30 fire"], missed: ["2026-11-27 catch_up"] });
  });

  it("leave what is too much at once for later, and bound what is recorded", () => {
    const minutely = WhenInput.parse({ cron: "* * * * *" });
    const dueAt = at("2026-11-01T00:00:00Z");
    const options = { dueAt, now: dueAt + 48 * 3_600_000, catchUpHours: 168 };
    const all = dueFires(minutely, exchanges, { ...options, catchUp: "all" });
    expect([all.run.length, all.nextAt]).toEqual([100, dueAt + 100 * 60_000]);
    const latest = dueFires(minutely, exchanges, { ...options, catchUp: "latest" });
    // The last 15 minutes are punctual.
    expect([latest.run.length, latest.missed.length]).toEqual([16, 1_000]);
    expect(latest.missed.at(-1)!.fireAt).toBe(options.now - 16 * 60_000);
  });

  it("are dealt with in bounded steps after a very long downtime, and only the very latest runs", () => {
    const minutely = WhenInput.parse({ cron: "* * * * *" });
    const now = at("2026-11-29T12:00:30Z");
    const runs: number[] = [];
    let [dueAt, rounds] = [at("2026-11-20T00:00:00Z"), 0];
    for (; dueAt <= now; rounds += 1) {
      const { run, nextAt } = dueFires(minutely, exchanges, { dueAt, now, catchUp: "latest", catchUpHours: 8_760 });
      runs.push(...run.map(({ fireAt }) => fireAt));
      expect(nextAt).toBeGreaterThan(dueAt);
      dueAt = nextAt!;
    }
    expect(rounds).toBe(3);
    expect(runs).toEqual(Array.from({ length: 15 }, (_, index) => at("2026-11-29T11:46:00Z") + index * 60_000));
  });

  it("are each run or missed, once and in order, and none is due afterwards", () => {
    const someRule = fc.constantFrom(
      daily,
      WhenInput.parse({ days: "week_end", time: "09:00" }),
      WhenInput.parse({ cron: "0 */6 * * *", time_zone: "America/New_York" }),
    );
    const minutes = fc.integer({ min: 0, max: 14 * 24 * 60 });
    fc.assert(
      fc.property(
        someRule,
        fc.constantFrom(...catchUps),
        minutes,
        minutes,
        fc.integer({ min: 1, max: 200 }),
        (when, catchUp, offset, downtime, catchUpHours) => {
          const dueAt = nextFire(when, exchanges, friday + offset * 60_000)!.fireAt;
          const now = dueAt + downtime * 60_000;
          const { run, missed, nextAt } = dueFires(when, exchanges, { dueAt, now, catchUp, catchUpHours });
          const expected = firesBetween(when, exchanges, dueAt - 1, now, 10_000).map(({ fireAt }) => fireAt);
          const times = (fires: readonly DueFire[]) => fires.map(({ fireAt }) => fireAt);
          expect([...times(run), ...times(missed)].toSorted((a, b) => a - b)).toEqual(expected);
          for (const fires of [run, missed]) {
            expect(times(fires)).toEqual(times(fires).toSorted((a, b) => a - b));
          }
          expect(nextAt).toBeGreaterThan(now);
          const late = run.filter(({ origin }) => origin === "catch_up");
          if (catchUp === "none") expect(late).toEqual([]);
          if (catchUp === "latest") expect(late.length).toBeLessThanOrEqual(run.length === late.length ? 1 : 0);
          for (const { fireAt } of late) expect(now - fireAt).toBeLessThanOrEqual(catchUpHours * 3_600_000);
        },
      ),
    );
  });
});
