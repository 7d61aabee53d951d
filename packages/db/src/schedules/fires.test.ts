import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { describeDatabases } from "../testing/index.ts";
import { dueSchedules, fireSchedules, type NewRun, scheduleWork } from "./fires.ts";
import { listRuns } from "./runs.ts";
import { insertSchedule, pauseSchedule } from "./schedules.ts";

describeDatabases("the work for schedules", (create) => {
  it("is none without a schedule, and none of a paused one", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const nothing = { nextInMs: null, waiting: false, executing: false };
    expect(await scheduleWork(db)).toEqual(nothing);

    const due = await insertSchedule(db, "local", { name: "due", spec: {}, nextAt: new Date("2026-01-01T00:00:00Z") });
    expect(await scheduleWork(db)).toEqual({ ...nothing, nextInMs: 0 });
    expect(await dueSchedules(db, 10)).toMatchObject([{ id: due!.id, dueAt: Date.parse("2026-01-01T00:00:00Z") }]);
    await pauseSchedule(db, due!.id, "local", null);
    expect(await scheduleWork(db)).toEqual(nothing);
    expect(await dueSchedules(db, 10)).toEqual([]);

    await insertSchedule(db, "local", { name: "later", spec: {}, nextAt: new Date(Date.now() + 3_600_000) });
    const { nextInMs } = await scheduleWork(db);
    expect(nextInMs).toBeGreaterThan(3_000_000);
    expect(await dueSchedules(db, 10)).toEqual([]);
  });
});

describeDatabases("a fire", (create) => {
  it.each([
    ["all", ["waiting", "waiting"]],
    ["latest", ["superseded", "waiting"]],
  ])("supersedes runs that wait, but under %s not all that were caught up before", async (catch_up, expected) => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const days = [1, 2, 3, 4].map((day) => Date.UTC(2026, 0, day));
    const made = await insertSchedule(db, "local", { name: "a", spec: { catch_up }, nextAt: new Date(days[0]!) });
    const { id: scheduleId, version } = made!;
    const fire = async (index: number, origin: NewRun["origin"]) => {
      const run = {
        scheduleId,
        fireAt: days[index]!,
        origin,
        tradingDay: null,
        state: "waiting",
        reason: null,
      } as const;
      await fireSchedules(db, [{ id: scheduleId, version, dueAt: days[index]!, nextAt: days[index + 1]! }], [run]);
      return (await listRuns(db, scheduleId, undefined, 10)).map(({ state }) => state).toReversed();
    };
    expect(await fire(0, "catch_up")).toEqual(["waiting"]);
    expect(await fire(1, "catch_up")).toEqual(expected);
    expect(await fire(2, "fire")).toEqual(["superseded", "superseded", "waiting"]);
  });
});
